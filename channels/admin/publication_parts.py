"""What stands under a publication: checks, tries, looks and follow-ups, all of them records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from channels.admin import showing
from channels.models import Approval, Extra, Observation, Preflight, UploadSession
from channels.rules import extra, reasons

SECRET_WORDS = ("token", "secret", "handle", "upload_url", "session_url", "authorization")


class Record(TabularInline):
    extra = 0
    can_delete = False
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def evidence_lines(evidence: Any) -> SafeString:
    """What was found out, one line an item; whatever is named like a secret is left out."""
    items = evidence if isinstance(evidence, list) else [evidence]
    return format_html_join(
        "", '<div class="ch-evidence" dir="auto">{}</div>', ((_line(item),) for item in items if item)
    )


def _line(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    facts = [
        f"{name}: {_value(value)}"
        for name, value in item.items()
        if name not in {"at", "what"} and not isinstance(value, bool) and not _is_secret(name)
    ]
    when = str(item.get("at", ""))[:19].replace("T", " ")
    return " · ".join(part for part in (when, str(item.get("what", "")), *facts) if part)


def _value(value: Any) -> str:
    """What was found, in words: nothing, or each item's facts."""
    if not isinstance(value, list):
        return str(value)
    items = (" ".join(str(one) for one in item.values()) if isinstance(item, dict) else str(item) for item in value)
    return "; ".join(items) or gettext("nothing")


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_WORDS)


class Yeses(Record):
    """Who said yes, and when; those that count no more stay readable."""

    model = Approval
    fields = readonly_fields = ("by", "at", "lapsed_at", "in_bulk")
    verbose_name_plural = _("approvals")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approval]:
        return super().get_queryset(request).select_related("by", "batch").order_by("at", "pk")

    @display(description=_("bulk action"))
    def in_bulk(self, row: Approval) -> SafeString | str:
        return showing.page_of(row.batch)


class Checks(Record):
    model = Preflight
    fields = readonly_fields = ("stage", "at", "passed", "rules")
    verbose_name_plural = _("pre-flight checks")

    @display(description=_("rules"))
    def rules(self, row: Preflight) -> SafeString:
        return evidence_lines([_outcome(one) for one in row.outcomes])


def _outcome(one: dict[str, Any]) -> str:
    """A rule of a pack names its version, and says its evidence in the reader's language."""
    mark = "!" if one.get("warns") else "✓" if one["passed"] else "✗"
    evidence = reasons.sentence(one["reason"]) if one.get("reason") else one["evidence"]
    pack = f" ({one['pack']})" if one.get("pack") else ""
    return f"{mark} {one['rule'].rpartition('.')[2]}{pack}: {evidence}"


class Tries(Record):
    """The tries to upload. The session's address is a credential: it is not even read from the database."""

    model = UploadSession
    fields = readonly_fields = ("number", "status_label", "progress", "publish_id", "opened_at", "ended_at", "proof")
    verbose_name_plural = _("upload tries")

    def get_queryset(self, request: HttpRequest) -> QuerySet[UploadSession]:
        return super().get_queryset(request).defer("handle").order_by("-number")

    @display(description=_("status"))
    def status_label(self, row: UploadSession) -> SafeString:
        return showing.badge(row.get_status_display(), showing.UPLOAD.get(row.status, ""))

    @display(description=_("sent"))
    def progress(self, row: UploadSession) -> SafeString:
        return sent(row)

    @display(description=_("evidence"))
    def proof(self, row: UploadSession) -> SafeString | str:
        return evidence_lines(row.evidence) or "–"


def sent(session: UploadSession) -> SafeString:
    return showing.bar(
        session.sent_bytes,
        session.total_bytes,
        text=f"{showing.size(session.sent_bytes)} / {showing.size(session.total_bytes)}",
    )


class Looks(Record):
    model = Observation
    fields = readonly_fields = ("at", "state", "views", "likes", "comments", "source")
    verbose_name_plural = _("looks at the platform")
    per_page = 20


class FollowUps(Record):
    model = Extra
    fields = readonly_fields = ("kind", "status_label", "reason", "attempts", "next_try_at", "next_step")
    verbose_name_plural = _("follow-ups")

    @display(description=_("status"))
    def status_label(self, row: Extra) -> SafeString:
        return showing.badge(row.get_status_display(), showing.EXTRA.get(row.status, ""))

    @display(description=_("next step"))
    def next_step(self, row: Extra) -> SafeString | str:
        return done_button(row)


def done_button(row: Extra) -> SafeString | str:
    """For what only a person can do: the button that says it is done."""
    if row.status != extra.Status.BY_HAND:
        return "–"
    address = reverse("admin:channels_extra_done", args=[row.pk])
    return format_html('<a class="dp-button" href="{}">{}</a>', address, gettext("Done by hand…"))


def all_evidence(sessions: Iterable[UploadSession]) -> list[tuple[UploadSession, SafeString]]:
    return [(one, evidence_lines(one.evidence)) for one in sessions]
