"""Windows that never are: refused in the form, by the model and in a table, in words."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from catalog.models import Rights
from catalog.services import importing
from config.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
CLOSES_FIRST = "The window closes before it opens."
CLOSED = "The window has closed already: nothing could be shown in it."


def a_window(drama, *, opens, closes, **more):
    now = clock.now()
    return Rights(drama=drama, opens_at=now + timedelta(days=opens), closes_at=now + timedelta(days=closes), **more)


@pytest.mark.parametrize(
    ("opens", "closes", "sentence"), [(2, 1, CLOSES_FIRST), (2, 2, CLOSES_FIRST), (-9, -2, CLOSED), (-9, 0, CLOSED)]
)
def test_a_window_that_never_is_is_refused(drama, opens, closes, sentence):
    with pytest.raises(ValidationError) as refusal:
        a_window(drama, opens=opens, closes=closes).full_clean()
    assert refusal.value.message_dict == {"closes_at": [sentence]}


def test_a_contract_may_end_early(drama):
    window = a_window(drama, opens=-9, closes=9)
    window.save()
    window.closes_at = clock.now() - timedelta(days=1)
    window.full_clean()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("territories", ["Q9"], "“Q9” is not a country code (ISO 3166), such as MX or ID."),
        ("territories", [["MX"]], "A list with at least one entry is needed; [“*”] stands for all."),
        ("languages", ["spanish!"], "“spanish!” is not a language tag (BCP 47), such as es, pt-BR or zh-Hans."),
        ("platforms", [""], "A list with at least one entry is needed; [“*”] stands for all."),
    ],
)
def test_a_window_for_nowhere_is_refused(drama, field, value, sentence):
    with pytest.raises(ValidationError) as refusal:
        a_window(drama, opens=0, closes=9, **{field: value}).full_clean()
    assert refusal.value.message_dict[field] == [sentence]


@pytest.mark.parametrize(
    ("opens", "closes", "sentence"), [("2026-05-01", "2026-04-01", CLOSES_FIRST), ("2026-01-01", "2026-02-01", CLOSED)]
)
def test_the_page_says_what_is_wrong_with_a_window_and_keeps_nothing(admin_client, drama, opens, closes, sentence):
    typed = {
        "drama": drama.pk, "territories": "*", "platforms": "*", "languages": "*", "opens_at_0": opens,
        "opens_at_1": "00:00", "closes_at_0": closes, "closes_at_1": "00:00",
    }  # fmt: skip
    answer = admin_client.post(reverse("admin:catalog_rights_add"), typed)
    assert sentence in answer.content.decode()
    assert not Rights.objects.exists()


def told(drama, opens, closes, **options):
    text = f"drama,territories,opens,closes\n{drama.code},MX,{opens},{closes}\n"
    report = importing.run(io.BytesIO(text.encode()), **options)
    return [(str(one.result), one.sentence) for one in report.outcomes]


def test_a_table_with_a_window_that_never_is_names_the_cell(drama):
    ((result, sentence),) = told(drama, "2026-05-01", "2026-04-01", apply=True)
    assert (result, "the window closes before it opens" in sentence) == ("refused", True)
    assert not Rights.objects.exists()


def test_a_table_may_bring_windows_of_the_past_as_history(drama):
    ((result, _sentence),) = told(drama, "2026-01-01", "2026-02-01", apply=True)
    assert (result, Rights.objects.count()) == ("created", 1)


def test_a_table_may_close_a_window_that_is_there(drama):
    told(drama, "2026-01-01", "2027-01-01", apply=True)
    ((result, _sentence),) = told(drama, "2026-01-01", "2026-02-01", apply=True)
    assert result == "changed"
    ((result, _sentence),) = told(drama, "2026-01-01", "2026-02-01", apply=True)
    assert result == "unchanged"
