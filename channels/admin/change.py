"""A change of what is planned: why, what it would do, and afterwards how each line came out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldBooleanSwitchWidget

from catalog import ownership
from channels.admin import asking, showing
from channels.models import Channel, Plan, PlanChange
from channels.rules import changes, reasons
from channels.rules.changes import Event
from channels.rules.plan import Change, Kind, Status
from channels.services import noticing, replanning, staleness
from channels.services.causes import Cause
from config.kernel import clock, jobs, lifecycle
from config.kernel.admin.pages import ReadOnlyPage, admin
from config.kernel.errors import ProductError

ROWS = 60
AT_ONCE = 60
RIGHT = "channels.approve_plan"
TONES = {Change.MOVED: "info", Change.DROPPED: "danger", Change.ADDED: "success"}
actions: tuple[str, ...] = ()
"""The header's buttons for a plan that is a change: none, they stand on the page beside what they do."""


def page(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The page of one change, for the plan's own address."""
    chosen = request.GET.get("kind", "")
    lines = plan.changes.select_related("channel", "clip__edition__drama", "publication").order_by(
        "from_at", "to_at", "pk"
    )
    shown = lines.filter(kind=chosen) if chosen in Change.values else lines
    leaf = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    is_draft = plan.status == Status.DRAFT
    stale = staleness.stale(plan) if is_draft else {}
    may_apply = request.user.has_perm(RIGHT) and ownership.partner_of(request) is None
    context = {
        **admin.site.each_context(request),
        "opts": Plan._meta,
        "title": gettext("Change of what is planned"),
        "media": forms.Media(css={"all": ("channels/channels.css", "channels/change.css")}),
        "plan": plan,
        "cause": changes.cause_sentence(plan.cause),
        "summary": noticing.in_words(plan),
        "status": showing.badge(plan.get_status_display(), showing.PLAN.get(plan.status, "")),
        "kinds": _kinds(plan, chosen),
        "chosen": chosen,
        "lines": [_line(one, stale.get(one.pk, "")) for one in leaf.object_list],
        "leaf": leaf,
        "is_draft": is_draft,
        "stale": len(stale),
        "can_apply": is_draft and plan.changes.filter(applied=None).count() > len(stale),
        "is_begun": plan.changes.filter(applied__isnull=False).exists(),
        "is_running": plan.lease_until is not None and plan.lease_until > clock.now(),
        "may_apply": may_apply,
        "refused": plan.changes.filter(applied=False).count(),
        "history": lifecycle.history(plan) if request.user.has_perm("kernel.view_statuschange") else [],
    }
    return TemplateResponse(request, "channels/admin/change.html", context)


def _kinds(plan: Plan, chosen: str) -> list[tuple[str, Any, int, bool]]:
    counts = plan.summary.get("changes", {})
    return [(kind.value, kind.label, counts.get(kind.value, 0), kind.value == chosen) for kind in Change]


def _line(one: PlanChange, stale: str) -> dict[str, Any]:
    zone = one.channel.time_zone
    return {
        "kind": showing.badge(one.get_kind_display(), TONES.get(Change(one.kind), "")),
        "what": showing.page_of(one.publication or one.clip, one.publication.title if one.publication else ""),
        "clip": str(one.clip),
        "channel": showing.page_of(one.channel),
        "before": showing.both_times(one.from_at, zone),
        "after": showing.both_times(one.to_at, zone),
        "reasons": reasons.sentences(one.reasons),
        "outcome": showing.badge(gettext("no longer stands"), "warning") if stale else _outcome(one),
        "refusal": "" if one.applied else stale or one.refusal,
    }


def _outcome(one: PlanChange) -> SafeString | str:
    if one.applied is None:
        return ""
    return showing.badge(gettext("done"), "success") if one.applied else showing.badge(gettext("refused"), "warning")


class PauseForm(forms.Form):
    """For how long a channel stands still, and whether other channels are asked."""

    until = forms.SplitDateTimeField(
        label=_("It goes on at (UTC)"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget(),
        help_text=_("What falls before this goes out after it. Empty: nobody knows yet."),
    )
    elsewhere = forms.BooleanField(
        label=_("Ask other channels"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("Runs of which nothing was shown yet go to other channels of the platform that may have them."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("until") and said["until"] <= clock.now():
            self.add_error("until", _("This has passed."))
        elif not said.get("until") and not said.get("elsewhere") and not self.errors:
            raise forms.ValidationError(_("Say until when, or ask other channels; else everything stays where it is."))
        return said


@admin.register(PlanChange)
class PlanChangeAdmin(ownership.OwnRows, ReadOnlyPage):
    """The lines of all changes; each change is read on the page of its plan."""

    empty_hint = _("Nothing that was planned had to change yet.")
    list_display = ("plan", "kind", "clip", "channel", "from_at", "to_at", "applied", "refusal")
    list_filter = ("kind", "applied")
    list_select_related = ("plan", "clip__edition__drama", "channel")

    class Media:
        css = {"all": ("channels/channels.css",)}

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("of/<int:plan_pk>/", view(self.plan_view), name="channels_planchange_of"),
            path("of/<int:plan_pk>/apply/", view(self.apply_view), name="channels_planchange_apply"),
            path("of/<int:plan_pk>/discard/", view(self.discard_view), name="channels_planchange_discard"),
            path("ask/<int:channel_pk>/", view(self.ask_view), name="channels_planchange_ask"),
        ]
        return [*own, *super().get_urls()]

    def plan_view(self, request: HttpRequest, plan_pk: int) -> HttpResponse:
        if not request.user.has_perm("channels.view_plan") or ownership.partner_of(request):
            raise PermissionDenied
        return page(request, asking.found(Plan.objects.filter(pk=plan_pk, kind=Kind.CHANGE)))

    def apply_view(self, request: HttpRequest, plan_pk: int) -> HttpResponse:
        plan = self._plan(request, plan_pk)
        question = asking.Question(
            title=_("Apply the change"),
            sentence=_(
                "Each line is judged again as things stand now; what no longer fits is refused and stays as it is. "
                "What was approved stays approved at its new time."
            ),
            button=_("Apply"),
            do=lambda row, said: _apply(request, row),
            tells=True,
        )
        return asking.of_one(self, request, plan, question, back=_address(plan))

    def discard_view(self, request: HttpRequest, plan_pk: int) -> HttpResponse:
        plan = self._plan(request, plan_pk)
        question = asking.Question(
            title=_("Discard the change"),
            sentence=_("Everything stays as it is planned, with the rule that it breaks."),
            button=_("Discard"),
            is_danger=True,
            do=lambda row, said: replanning.discard(row, by=request.user),
        )
        return asking.of_one(self, request, plan, question, back=_address(plan))

    def ask_view(self, request: HttpRequest, channel_pk: int) -> HttpResponse:
        """A channel stands still: where shall go what waits there?"""
        asking.demand(request, "channels.add_plan")
        channel: Channel = asking.found(Channel.objects.filter(pk=channel_pk))
        form = PauseForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and (address := _propose(request, channel, form.cleaned_data)):
            return HttpResponseRedirect(address)
        context = {
            **self.admin_site.each_context(request),
            "opts": Plan._meta,
            "title": gettext("What waits on %(channel)s") % {"channel": channel},
            "channel": channel,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "channels/admin/change_ask.html", context)

    def _plan(self, request: HttpRequest, plan_pk: int) -> Plan:
        asking.demand(request, RIGHT)
        found: Plan = asking.found(Plan.objects.filter(pk=plan_pk, kind=Kind.CHANGE))
        return found


def _address(plan: Plan) -> str:
    return reverse("admin:channels_planchange_of", args=[plan.pk])


def _apply(request: HttpRequest, plan: Plan) -> bool:
    """At once while it is short; a long change is left to a worker, and its page shows how far it is."""
    if plan.changes.filter(applied=None).count() > AT_ONCE and plan.status == Status.DRAFT:
        jobs.enqueue("channels.jobs.apply_change", plan.pk, request.user.pk)
        messages.info(request, gettext("It is being applied; this page shows how each line comes out."))
        return True
    found = replanning.apply(plan, by=request.user)
    if not found.is_done:
        messages.info(request, gettext("It is being applied already."))
        return False
    if not found.moved + found.dropped + found.added:
        messages.warning(request, gettext("None of its lines could be applied; everything stays as it is planned."))
        return True
    sentence = gettext("%(moved)d moved, %(dropped)d dropped, %(added)d added, %(refused)d refused.")
    counts = {name: getattr(found, name) for name in ("moved", "dropped", "added", "refused")}
    messages.info(request, sentence % counts)
    return True


def _propose(request: HttpRequest, channel: Channel, said: dict[str, Any]) -> str:
    """The address of the proposed change; '' where nothing can be proposed, which the page says."""
    cause = Cause(Event.CHANNEL_PAUSED, channel.pk, until=said["until"], elsewhere=said["elsewhere"])
    try:
        plan = replanning.propose(cause, by=request.user)
    except ProductError as error:
        messages.error(request, str(error))
        return ""
    if plan is None:
        messages.info(request, gettext("Nothing has to change, or no other channel can take it."))
        return ""
    return _address(plan)
