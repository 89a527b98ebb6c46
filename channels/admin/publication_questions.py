"""What a person may ask of publications: each asks for its own right, and once more before it happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextInputWidget

from channels.admin import batch_news
from channels.admin.asking import MaybeWhyForm, Question, SureForm, WhyForm
from channels.models import Publication
from channels.rules.batch import Deed as Bulk
from channels.rules.publication import Status
from channels.services import approving, bulk, deciding, moving, withdrawing
from config.kernel.errors import MoveRefused


class MoveForm(forms.Form):
    due_at = forms.SplitDateTimeField(label=_("Goes live at (UTC)"), widget=UnfoldAdminSplitDateTimeWidget())


class SpanForm(forms.Form):
    days = forms.IntegerField(
        label=_("Days"), initial=0, min_value=-60, max_value=60, widget=UnfoldAdminIntegerFieldWidget()
    )
    hours = forms.IntegerField(
        label=_("Hours"),
        initial=0,
        min_value=-23,
        max_value=23,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("With a minus sign: earlier."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not said.get("days") and not said.get("hours"):
            self.add_error("days", _("Say by how much they are to be moved."))
        return said


class ThereForm(forms.Form):
    external_id = forms.CharField(
        label=_("Id at the platform"),
        max_length=100,
        strip=True,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("As it stands in the address of the clip's page at the platform."),
    )


@dataclass(frozen=True)
class Deed:
    """A thing that can be done to a publication: whose right it takes, where it fits, where it is done already."""

    right: str
    statuses: frozenset[Status]
    already: frozenset[Status] = frozenset()


DEEDS = {
    "approve": Deed("channels.approve_plan", frozenset({Status.PROPOSED}), frozenset({Status.APPROVED})),
    "move": Deed("channels.change_publication", frozenset({Status.PROPOSED, Status.APPROVED})),
    "cancel": Deed(
        "channels.change_publication",
        frozenset({Status.PROPOSED, Status.APPROVED, Status.FAILED}),
        frozenset({Status.CANCELLED}),
    ),
    "take_down": Deed(
        "channels.withdraw_publication",
        frozenset({Status.ACCEPTED, Status.PUBLISHED}),
        frozenset({Status.WITHDRAWN}),
    ),
    "retry": Deed("channels.change_publication", frozenset({Status.FAILED})),
    "it_is_there": Deed("channels.settle_publication", frozenset({Status.NEEDS_PERSON})),
    "send_again": Deed("channels.settle_publication", frozenset({Status.NEEDS_PERSON})),
}


def approval(request: HttpRequest) -> Question:
    return Question(
        title=_("Approve publications"),
        sentence=_("They go out at their time, without anybody asking again."),
        button=_("Approve"),
        form=SureForm,
        do=lambda row, said: _approve_one(request, row),
        do_all=lambda keys, said: batch_news.of_approval(request, approving.approve_all(keys, by=request.user)),
    )


def _approve_one(request: HttpRequest, row: Publication) -> bool:
    """A yes that waits for another person is done too; it says for whom it waits."""
    if approving.approve_publication(row, by=request.user):
        return True
    stands = approving.standing(row)
    if row.status == Status.PROPOSED:
        messages.info(request, gettext("%(stands)s; it waits for another person.") % {"stands": stands.sentence})
    return row.status == Status.PROPOSED


def new_time(request: HttpRequest) -> Question:
    return Question(
        title=_("Move to another time"),
        sentence=_("The clip gives its time free and takes the new one."),
        button=_("Move"),
        form=MoveForm,
        do=lambda row, said: moving.move(row, due_at=said["due_at"], by=request.user),
    )


def cancelling(request: HttpRequest) -> Question:
    return Question(
        title=_("Cancel publications"),
        sentence=_("They never go out. Clip and time are free for another plan."),
        button=_("Cancel them"),
        form=WhyForm,
        is_danger=True,
        do=lambda row, said: moving.cancel(row, by=request.user, why=said["why"]),
        do_all=lambda keys, said: batch_news.of_outcome(
            request, Bulk.CANCEL, bulk.cancel(keys, by=request.user, why=said["why"])
        ),
    )


def moving_by(request: HttpRequest) -> Question:
    return Question(
        title=_("Move by days and hours"),
        sentence=_(
            "Each is moved by the same span and pinned there; every rule is asked. "
            "What goes to another day of its channel has to be approved again."
        ),
        button=_("Move"),
        form=SpanForm,
        do=lambda row, said: None,
        do_all=lambda keys, said: batch_news.of_outcome(
            request,
            Bulk.MOVE,
            bulk.move(keys, by=request.user, span=timedelta(days=said["days"], hours=said["hours"])),
        ),
    )


def pinning(request: HttpRequest, *, is_pinned: bool) -> Question:
    return Question(
        title=_("Pin publications") if is_pinned else _("Unpin publications"),
        sentence=_("A pinned one stays at its time, whatever is planned anew around it."),
        button=_("Pin") if is_pinned else _("Unpin"),
        do=lambda row, said: None,
        do_all=lambda keys, said: batch_news.of_outcome(
            request, Bulk.PIN, bulk.pin(keys, by=request.user, is_pinned=is_pinned)
        ),
    )


def taking_down(request: HttpRequest) -> Question:
    return Question(
        title=_("Take down from the platform"),
        sentence=_(
            "Viewers lose the clip with its views and comments, and this cannot be undone. "
            "Where the platform has no call for it, a person is asked to do it."
        ),
        button=_("Take down"),
        form=WhyForm,
        is_danger=True,
        do=lambda row, said: withdrawing.withdraw(row, by=request.user, why=said["why"]),
        do_all=lambda keys, said: batch_news.of_outcome(
            request, Bulk.TAKE_DOWN, bulk.take_down(keys, by=request.user, why=said["why"])
        ),
    )


def retrying(request: HttpRequest) -> Question:
    return Question(
        title=_("Try the upload again"),
        sentence=_("It was checked and is not at the platform, so it may be sent once more."),
        button=_("Try again"),
        form=MaybeWhyForm,
        do=lambda row, said: deciding.try_again(row, by=request.user, why=said["why"]),
        do_all=lambda keys, said: batch_news.of_outcome(
            request, Bulk.RETRY, bulk.retry(keys, by=request.user, why=said["why"])
        ),
    )


def it_is_there(request: HttpRequest) -> Question:
    return Question(
        title=_("It is there"),
        sentence=_("You found the clip on the account. Nothing is sent again; it is watched from now on."),
        button=_("It is there"),
        form=ThereForm,
        do=lambda row, said: _said(deciding.it_is_there(row, external_id=said["external_id"], by=request.user)),
    )


def send_again(request: HttpRequest) -> Question:
    return Question(
        title=_("It is not there: send again"),
        sentence=_("Only after you looked on the account yourself: if the clip is there, viewers will see it twice."),
        button=_("I looked; send again"),
        is_danger=True,
        do=lambda row, said: _said(deciding.it_is_not_there(row, by=request.user, send_again=True)),
    )


def done_by_hand(request: HttpRequest) -> Question:
    return Question(
        title=_("Done by hand"),
        sentence=_("You did this at the platform yourself. The product looks there and believes what it sees."),
        button=_("It is done"),
        do=lambda row, said: withdrawing.confirm_by_hand(row, by=request.user),
    )


ASKERS: dict[str, Callable[[HttpRequest], Question]] = {
    "approve": approval,
    "move": new_time,
    "cancel": cancelling,
    "take_down": taking_down,
    "retry": retrying,
    "it_is_there": it_is_there,
    "send_again": send_again,
}


ASKERS_OF_MANY: dict[str, Callable[[HttpRequest], Question]] = {
    "move_by": moving_by,
    "pin": lambda request: pinning(request, is_pinned=True),
    "unpin": lambda request: pinning(request, is_pinned=False),
}


def about(deed: str, request: HttpRequest) -> Question:
    """The question of this deed. It refuses rows that stand where the deed makes no sense, whatever moves exist."""
    question = ASKERS[deed](request)
    return replace(question, do=lambda row, said: _where_it_fits(row, deed) and question.do(row, said), do_all=None)


def about_many(deed: str, request: HttpRequest) -> Question:
    """The question of this deed about many rows: as one bulk action where there is one, else row by row."""
    question = {**ASKERS, **ASKERS_OF_MANY}[deed](request)
    return question if question.do_all else about(deed, request)


def _where_it_fits(row: Publication, deed: str) -> bool:
    row.refresh_from_db(fields=["status"])
    if row.status in DEEDS[deed].already:
        return False
    if row.status not in DEEDS[deed].statuses:
        raise MoveRefused(
            gettext("It stands at “%(status)s”; this cannot be done there.") % {"status": row.get_status_display()},
            row=row.pk,
        )
    return True


def _said(sentence: str) -> None:
    """A service that answers with a sentence has done its work."""
