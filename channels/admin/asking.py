"""The page that asks before something happens: what, for which rows, and why. Nothing is done by a GET."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog import ownership
from config.kernel.admin import actions
from config.kernel.errors import ProductError

SHOWN = 20


class SureForm(forms.Form):
    """Nothing to fill in: only whether it is meant."""


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Kept with the history of each row."),
    )


class MaybeWhyForm(WhyForm):
    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.fields["why"].required = False


@dataclass(frozen=True)
class Question:
    """What a page asks. `do(row, answers)` is one service call; False means "already so".

    `do_all(keys, answers)` does it to all chosen rows in one go and tells the outcome itself; raising refuses it.
    """

    title: Any
    sentence: Any
    button: Any
    do: Callable[[Any, dict[str, Any]], bool | None]
    form: type[forms.Form] = SureForm
    is_danger: bool = False
    facts: Sequence[tuple[Any, Any]] = field(default_factory=tuple)
    tells: bool = False
    """Whether `do` tells its own outcome when it did something."""
    do_all: Callable[[list[int], dict[str, Any]], None] | None = None


def of_rows(page: Any, request: HttpRequest, rows: Any, question: Question) -> HttpResponse | None:
    """For a list action: asks first; on the second POST does it to every row and returns to the list (None)."""
    if "sure" in request.POST:
        form = question.form(request.POST)
        if form.is_valid():
            _carry_out(request, rows, question, form.cleaned_data)
            return None
    else:
        form = question.form()
    hidden = [("action", request.POST["action"]), ("select_across", request.POST.get("select_across", "0"))]
    hidden += [(ACTION_CHECKBOX_NAME, pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)]
    return _page(page, request, question, form=form, rows=rows[:SHOWN], count=rows.count(), hidden=hidden)


def _carry_out(request: HttpRequest, rows: Any, question: Question, said: dict[str, Any]) -> None:
    if question.do_all is None:
        actions.carry_out(request, rows, lambda row: question.do(row, said), tells=question.tells)
        return
    is_query = isinstance(rows, QuerySet)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)) if is_query else [row.pk for row in rows]
    try:
        question.do_all(keys, said)
    except ProductError as error:
        messages.error(request, str(error))


def of_one(page: Any, request: HttpRequest, row: Any, question: Question, *, back: str) -> HttpResponse:
    """For a button: a GET asks, a POST does it and goes `back`."""
    form = question.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _carry_out(request, [row], question, form.cleaned_data)
        return HttpResponseRedirect(back)
    return _page(page, request, question, form=form, rows=[row], count=1, back=back)


def demand(request: HttpRequest, right: str) -> None:
    """Refuse a person who may not, and a partner's person: the button was hidden, the address may still be typed."""
    if not request.user.has_perm(right) or ownership.partner_of(request):
        raise PermissionDenied


def _page(
    page: Any,
    request: HttpRequest,
    question: Question,
    *,
    form: forms.Form,
    rows: Iterable[Any],
    count: int,
    hidden: Sequence[tuple[str, Any]] = (),
    back: str = "",
) -> TemplateResponse:
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": question.title,
        "question": question,
        "form": form,
        "rows": list(rows),
        "count": count,
        "more": max(0, count - SHOWN),
        "hidden": hidden,
        "back": back or request.get_full_path(),
        "media": page.media + form.media,
    }
    return TemplateResponse(request, "channels/admin/ask.html", context)


def find(page: Any, request: HttpRequest, object_id: Any) -> Any:
    """The row of this page that its reader may see; 404 when there is none."""
    row = page.get_object(request, str(object_id))
    if row is None:
        raise Http404
    return row


def found(rows: QuerySet[Any]) -> Any:
    """The one row of this query; 404 when there is none."""
    row = rows.first()
    if row is None:
        raise Http404
    return row
