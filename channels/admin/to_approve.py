"""The queue of what a person can approve: a view of the list of publications, with what it hides and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from channels.models import Publication
from channels.rules import approval
from channels.rules.approval import Answer
from channels.rules.publication import Status
from channels.services import approval_queue, approving

PARAMETER = "approval"
MINE = f"{PARAMETER}=mine"
SOONEST = ("due_at", "channel")

HIDDEN: Mapping[Answer, Callable[[int], str]] = {
    Answer.OWN: lambda n: ngettext("%(n)d that is your own work", "%(n)d that are your own work", n),
    Answer.SAID: lambda n: ngettext(
        "%(n)d that you approved and that waits for another person",
        "%(n)d that you approved and that wait for another person",
        n,
    ),
    Answer.LATE: lambda n: ngettext("%(n)d whose time has passed", "%(n)d whose time has passed", n),
    Answer.HELD: lambda n: ngettext("%(n)d that is held", "%(n)d that are held", n),
}


class ApprovalFilter(DropdownFilter):
    """What waits for a yes: the reader's own, or a second person's."""

    title = _("waits for approval")
    parameter_name = PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        second = ("second", _("for a 2nd person"))
        may = request.user.has_perm("channels.approve_plan")
        return [("mine", _("that I can give")), second] if may else [second]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Publication]) -> QuerySet[Publication]:
        if self.value() == "mine":
            return approval_queue.waiting_for(request.user, queryset)
        if self.value() == "second":
            return approval_queue.waiting_for_a_second(queryset)
        return queryset


def is_queue(request: HttpRequest) -> bool:
    return request.GET.get(PARAMETER) == "mine" and request.user.has_perm("channels.approve_plan")


def soonest_first(usual: Any) -> Any:
    """This list, and the arrow above its times, in the order of the queue."""
    return type("SoonestFirst", (usual,), {"_get_default_ordering": lambda self: SOONEST})


def queue(request: HttpRequest, rows: QuerySet[Publication]) -> dict[str, Any]:
    """What stands above the list while it is a person's queue: what is proposed besides, and why it is not in it."""
    if not is_queue(request):
        return {}
    counts = approval_queue.why_not(request.user, rows)
    hidden = [words(counts[answer]) % {"n": counts[answer]} for answer, words in HIDDEN.items() if counts[answer]]
    return {"is_queue": True, "is_whole_queue": set(request.GET) <= {PARAMETER, "o", "p"}, "hidden": hidden}


def count_of(row: Any) -> str:
    """“1 of 2 approvals” under what still waits; nothing where nobody has said yes, or enough have."""
    if not is_half_way(row):
        return ""
    return gettext("%(have)d of %(need)d approvals") % {"have": row.yes_count, "need": row.need}


def is_half_way(row: Any) -> bool:
    return row.status == Status.PROPOSED and bool(row.yes_count)


def standing_of(row: Publication, request: HttpRequest) -> str:
    """“1 of 2: Ana, 2026-03-02 14:02 UTC; it waits for another person.”, and why the reader cannot be the one."""
    stands = approving.standing(row)
    if row.status != Status.PROPOSED:
        return stands.sentence
    words = ngettext("%(n)d person has to approve it.", "%(n)d different people have to approve it.", stands.need)
    waits = words % {"n": stands.need}
    if stands.have:
        waits = gettext("%(stands)s; it waits for another person.") % {"stands": stands.sentence}
    is_own = approving.judged([row.pk], by=request.user).get(row.pk) == Answer.OWN
    return f"{waits} {approval.REFUSALS[Answer.OWN]()}" if is_own else waits
