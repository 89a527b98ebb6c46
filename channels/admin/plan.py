from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminSplitDateTimeWidget

from catalog import ownership
from channels.admin import asking, batch_news, change, filters, plan_page, showing
from channels.models import Channel, NotPlaced, Plan, Publication
from channels.rules import approval, changes, publication
from channels.rules import plan as life
from channels.services import approving, noticing, planning
from config.kernel import clock
from config.kernel.admin.pages import ReadOnlyPage, admin, link
from config.kernel.errors import MoveRefused, ProductError

USUAL_SPAN = timedelta(days=3)
LONGEST_SPAN = timedelta(days=31)
WRONG = (publication.Status.FAILED, publication.Status.REJECTED, publication.Status.NEEDS_PERSON)
NOT_MADE = (life.Status.MAKING, life.Status.FAILED)


class PlanForm(forms.Form):
    """From when to when, and for which channels, a plan is to be made."""

    starts_at = forms.SplitDateTimeField(label=_("From (UTC)"), widget=UnfoldAdminSplitDateTimeWidget())
    ends_at = forms.SplitDateTimeField(label=_("To (UTC)"), widget=UnfoldAdminSplitDateTimeWidget())
    channels = forms.ModelMultipleChoiceField(
        label=_("Channels"),
        queryset=Channel.objects.none(),
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget(),
        help_text=_("Empty: every active channel."),
    )

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.fields["channels"].queryset = Channel.objects.active()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        starts, ends = said.get("starts_at"), said.get("ends_at")
        if not (starts and ends):
            return said
        if ends <= starts:
            self.add_error("ends_at", _("The plan ends before it starts."))
        elif ends <= clock.now():
            self.add_error("ends_at", _("This lies in the past; nothing can be planned there."))
        elif ends - starts > LONGEST_SPAN:
            self.add_error("ends_at", _("A plan covers 31 days at most."))
        return said


def _usual() -> dict[str, datetime]:
    now = clock.now().replace(second=0, microsecond=0)
    return {"starts_at": now, "ends_at": now + USUAL_SPAN}


def _number(rows: QuerySet[Any]) -> Coalesce:
    """How many of these rows a plan has."""
    return Coalesce(Subquery(rows.order_by().values("plan").annotate(n=Count("pk")).values("n")), 0)


@admin.register(Plan)
class PlanAdmin(ownership.OwnRows, ReadOnlyPage):
    empty_hint = _("There is no plan yet. Choose “Make a plan” once channels are connected and clips are ready.")
    list_display = (
        "name",
        "status_label",
        "share",
        "placed",
        "waiting",
        "live",
        "went_wrong",
        "left_out_count",
        "made",
    )
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("status", ChoicesDropdownFilter),
        ("starts_at", filters.MomentsFilter),
    )
    list_select_related = ("made_by",)
    actions_detail = ("approve", "discard")

    class Media:
        css = {"all": ("channels/channels.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        # Counted by subqueries: grouping would compare the long summaries once for every publication.
        status = publication.Status
        of_plan = Publication.objects.filter(plan=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                placed_count=_number(of_plan.exclude(status=status.CANCELLED)),
                waiting_count=_number(of_plan.filter(status=status.PROPOSED)),
                live_count=_number(of_plan.filter(status=status.PUBLISHED)),
                wrong_count=_number(of_plan.filter(status__in=WRONG)),
                out_count=_number(NotPlaced.objects.filter(plan=OuterRef("pk"))),
            )
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("channels.add_plan") and ownership.partner_of(request) is None

    def has_approve_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("channels.approve_plan")

    @display(description=_("plan"), ordering="starts_at")
    def name(self, row: Plan) -> SafeString | str:
        if row.kind != life.Kind.CHANGE:
            return str(row)
        return format_html('{}<br><span class="dp-faint">{}</span>', row, changes.cause_sentence(row.cause))

    @display(description=_("status"), ordering="status")
    def status_label(self, row: Plan) -> SafeString:
        return showing.badge(row.get_status_display(), showing.PLAN.get(row.status, ""))

    @display(description=_("of the best"))
    def share(self, row: Plan) -> str:
        return plan_page.percent(row.score, row.bound)

    @display(description=_("placed"))
    def placed(self, row: Plan) -> SafeString | str:
        if row.kind == life.Kind.CHANGE:
            return noticing.in_words(row)
        return self._count(row, row.placed_count)  # type: ignore[attr-defined]

    @display(description=_("proposed"))
    def waiting(self, row: Plan) -> SafeString | str:
        return "" if row.kind == life.Kind.CHANGE else self._count(row, row.waiting_count, publication.Status.PROPOSED)  # type: ignore[attr-defined]

    @display(description=_("live"))
    def live(self, row: Plan) -> SafeString | str:
        return "" if row.kind == life.Kind.CHANGE else self._count(row, row.live_count, publication.Status.PUBLISHED)  # type: ignore[attr-defined]

    @display(description=_("went wrong"))
    def went_wrong(self, row: Plan) -> int | str:
        return "" if row.kind == life.Kind.CHANGE else int(row.wrong_count)  # type: ignore[attr-defined]

    @display(description=_("left out"))
    def left_out_count(self, row: Plan) -> int | str:
        return "" if row.kind == life.Kind.CHANGE else int(row.out_count)  # type: ignore[attr-defined]

    @display(description=_("made"), ordering="made_at")
    def made(self, row: Plan) -> str:
        who = row.made_by.get_username() if row.made_by else gettext("by itself")
        return f"{showing.at_utc(row.made_at)} · {who}"

    def _count(self, row: Plan, count: int, status: publication.Status | None = None) -> SafeString | str:
        if not count:
            return "0"
        query = f"?plan__id__exact={row.pk}" + (f"&status__exact={status.value}" if status else "")
        return link(reverse("admin:channels_publication_changelist") + query, str(count))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """“Make a plan”: the planner fills it, nobody types it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = PlanForm(request.POST or None, initial=_usual())
        if form.is_valid() and (made := _make(request, form.cleaned_data)):
            return HttpResponseRedirect(reverse("admin:channels_plan_change", args=[made.pk]))
        return TemplateResponse(
            request,
            "channels/admin/plan_make.html",
            {**self._frame(request, gettext("Make a plan")), "form": form, "media": self.media + form.media},
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = asking.find(self, request, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if row.kind == life.Kind.CHANGE:
            return change.page(request, row)
        page = "plan_making" if row.status in NOT_MADE else "plan"
        return TemplateResponse(
            request,
            f"channels/admin/{page}.html",
            {**self._frame(request, str(row)), **plan_page.reading(request, row)},
        )

    def get_urls(self) -> list[Any]:
        progress = path(
            "<path:object_id>/progress/",
            self.admin_site.admin_view(self.progress),
            name="channels_plan_progress",
        )
        return [progress, *super().get_urls()]

    def progress(self, request: HttpRequest, object_id: str) -> JsonResponse:
        """How far the planner is: what the page of a plan that is being made asks for every second."""
        row = asking.find(self, request, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return JsonResponse(plan_page.progress(row))

    def _frame(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "media": self.media}

    @action(description=_("Approve"), url_path="approve", permissions=["approve"])
    def approve(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._ask(request, object_id, _approving)

    @action(description=_("Discard"), url_path="discard", permissions=["approve"])
    def discard(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._ask(request, object_id, _discarding)

    def _ask(
        self, request: HttpRequest, object_id: int, question: Callable[[HttpRequest, Plan], asking.Question]
    ) -> HttpResponse:
        row = asking.find(self, request, object_id)
        page = reverse("admin:channels_plan_change", args=[row.pk])
        if row.kind == life.Kind.CHANGE:
            messages.error(request, gettext("A change is applied or discarded on its own page."))
            return HttpResponseRedirect(page)
        return asking.of_one(self, request, row, question(request, row), back=page)


def _make(request: HttpRequest, said: dict[str, Any]) -> Plan | None:
    """The plan, or None with the planner's refusal shown on the page."""
    try:
        return planning.ask(
            starts_at=said["starts_at"],
            ends_at=said["ends_at"],
            channels=list(said["channels"]) or None,
            by=request.user,
        )
    except ProductError as error:
        messages.error(request, str(error))
        return None


def _approving(request: HttpRequest, row: Plan) -> asking.Question:
    proposed = row.publications.filter(status=publication.Status.PROPOSED)
    needs_two = [tier for tier, people in approval.NEEDED.items() if people > 1]
    return asking.Question(
        title=_("Approve the plan"),
        sentence=_("What has enough approvals goes out at its time, without anybody asking again."),
        button=_("Approve"),
        do=lambda row, said: _approve(request, row),
        facts=(
            (_("proposed"), proposed.count()),
            (_("of these need a second person"), proposed.filter(clip__edition__drama__tier__in=needs_two).count()),
        ),
        tells=True,
    )


def _discarding(request: HttpRequest, row: Plan) -> asking.Question:
    proposed = row.publications.filter(status=publication.Status.PROPOSED)
    return asking.Question(
        title=_("Discard the plan"),
        sentence=_("Its proposed publications are cancelled and their clips and times are free again."),
        button=_("Discard"),
        facts=((_("proposed"), proposed.count()),),
        is_danger=True,
        do=lambda row, said: _discard(request, row),
    )


def _approve(request: HttpRequest, row: Plan) -> bool:
    if row.status != life.Status.DRAFT:
        return False
    batch_news.of_approval(request, approving.approve_plan(row, by=request.user))
    return True


def _discard(request: HttpRequest, row: Plan) -> bool:
    if row.status == life.Status.DISCARDED:
        return False
    if row.status != life.Status.DRAFT:
        raise MoveRefused(gettext("An approved plan is not discarded; cancel its publications instead."), row=row.pk)
    planning.discard(row, by=request.user)
    return True
