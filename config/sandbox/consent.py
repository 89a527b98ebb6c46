"""The page on which an owner says yes: pick an account, and the browser goes back with a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join

from config.kernel import clock
from config.sandbox import ids
from config.sandbox.models import Account, ApiClient, AuthCode, Grant

CODE_LIVES = timedelta(minutes=10)


@dataclass(frozen=True)
class Question:
    """What a client asks of an owner, in the words all platforms share."""

    client: ApiClient
    platform: str
    family: str
    scope: str
    redirect_uri: str
    state: str
    challenge: str = ""
    challenge_method: str = ""
    code_name: str = "code"
    refresh: str = "always"  # "first": only with an account's first yes; "never": no refresh token at all


def client_of(client_id: str) -> ApiClient | None:
    return ApiClient.objects.filter(client_id=client_id).first()


def refused_page(message: str) -> HttpResponse:
    """A wrong request is told to the person, never sent to an address that may not be the client's."""
    return HttpResponse(
        format_html("<!doctype html><title>Error 400</title><h1>Error 400</h1><p>{}</p>", message), status=400
    )


def address_problem(client: ApiClient, redirect_uri: str) -> str:
    if urlsplit(redirect_uri).scheme not in ("http", "https"):
        return "redirect_uri is missing or not an address."
    if client.redirect_uris and redirect_uri not in client.redirect_uris:
        return f"redirect_uri_mismatch: {redirect_uri} is not registered for this client."
    return ""


def ask(request: HttpRequest, question: Question) -> HttpResponse:
    """The page; or, once an account was picked (`sandbox_account`) or refused (`sandbox_deny`), the way back."""
    if request.GET.get("sandbox_deny"):
        return _back(question, error="access_denied")
    picked = request.GET.get("sandbox_account", "")
    if not picked:
        return _page(request, question)
    account = Account.objects.filter(platform=question.platform).filter(external_id=picked).first()
    if account is None:
        return refused_page(f"There is no account {picked} on {question.platform}.")
    return _back(question, scope=question.scope, **{question.code_name: _code(question, account)})


def _code(question: Question, account: Account) -> str:
    known = Grant.objects.filter(client=question.client, account=account, family=question.family, revoked_at=None)
    row = AuthCode.objects.create(
        code=ids.secret("4/0"),
        client=question.client,
        account=account,
        family=question.family,
        scope=question.scope,
        redirect_uri=question.redirect_uri,
        challenge=question.challenge,
        challenge_method=question.challenge_method,
        gives_refresh=question.refresh == "always" or (question.refresh == "first" and not known.exists()),
        expires_at=clock.now() + CODE_LIVES,
    )
    return row.code


def _back(question: Question, **words: str) -> HttpResponse:
    if question.state:
        words["state"] = question.state
    joint = "&" if urlsplit(question.redirect_uri).query else "?"
    return HttpResponse(status=302, headers={"Location": question.redirect_uri + joint + urlencode(words)})


def _page(request: HttpRequest, question: Question) -> HttpResponse:
    here = request.get_full_path()
    accounts = Account.objects.filter(platform=question.platform).order_by("title")
    rows = format_html_join(
        "",
        '<li><a href="{}">{}</a> <small>{} · {}</small></li>',
        (
            (
                f"{here}&{urlencode({'sandbox_account': one.external_id})}",
                one.title or one.handle,
                one.handle,
                one.language,
            )
            for one in accounts
        ),
    )
    return HttpResponse(
        format_html(
            "<!doctype html><meta charset=utf-8><title>Choose an account</title>"
            "<style>body{{font:16px/1.6 sans-serif;max-width:36rem;margin:3rem auto}}</style>"
            "<h1>Choose an account</h1><p>{} ({}) wants: <code>{}</code></p><ul>{}</ul>"
            '<p><a href="{}&sandbox_deny=1">Refuse</a></p>',
            question.client.client_id,
            question.platform,
            question.scope,
            rows,
            here,
        )
    )


def redeem(code: str, *, client: ApiClient, family: str) -> AuthCode | None:
    """The code's row, used up by this call; None when it is unknown, old, used or another client's."""
    now = clock.now()
    rows = AuthCode.objects.filter(code=code, client=client, family=family, used_at=None, expires_at__gt=now)
    if not rows.update(used_at=now):
        return None
    return AuthCode.objects.select_related("account").get(code=code)
