from __future__ import annotations

import logging

import pytest

from config.kernel import http


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Bearer SECRET",
        '{"access_token": "SECRET", "expires_in": 3600}',
        "grant_type=refresh_token&refresh_token=SECRET&client_id=x",
        "client_secret=SECRET",
        "PUT /upload?upload_id=SECRET HTTP/1.1",
        "Access-Token: SECRET",
        "GET /callback?code=SECRET&state=1",
    ],
)
def test_no_secret_reaches_a_log(line):
    record = logging.LogRecord("x", logging.INFO, "f", 1, "%s", (line,), None)
    http.RedactingFilter().filter(record)
    assert "SECRET" not in record.getMessage()


def test_secrets_in_a_traceback_are_redacted_too():
    try:
        raise ValueError("refresh_token=SECRET")
    except ValueError:
        import sys

        record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", None, sys.exc_info())
    http.RedactingFilter().filter(record)
    assert "SECRET" not in (record.exc_text or "")
    assert "ValueError" in (record.exc_text or "")


def test_plain_words_stay_as_they_are():
    assert http.redact("status code 404 for episode 7") == "status code 404 for episode 7"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://[::1]/",
        "http://10.0.0.8/",
        "http://169.254.169.254/latest",
        "http://localhost:8000/",
    ],
)
def test_a_stranger_s_url_to_a_private_address_is_refused(url):
    with pytest.raises(http.AddressRefused, match="private"):
        http.guard(url)


@pytest.mark.parametrize("url", ["ftp://example.com/", "file:///etc/passwd", "nonsense", "http://"])
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(http.AddressRefused, match="not a web address"):
        http.guard(url)


def test_every_call_has_a_timeout_and_follows_no_redirect(monkeypatch):
    seen = {}
    monkeypatch.setattr("requests.Session.request", lambda self, *a, **k: seen.update(k))
    http.session(timeout=(1, 2)).get("http://127.0.0.1/")
    assert seen["timeout"] == (1, 2)
    assert seen["allow_redirects"] is False
