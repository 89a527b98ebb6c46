from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from catalog import ownership
from channels.admin import asking, connecting, filters, showing
from channels.admin.fields import CountriesField, HoursField, TagsField, TiersField, TimesField, WeekdaysField
from channels.admin.grant import GrantsOfChannel
from channels.admin.saving import OnlyWhatChanged
from channels.models import Channel, PostingRule, Publication
from channels.models.channel import all_tiers, every_day
from channels.rules import channel, publication, slots
from channels.rules.changes import Event
from channels.services import accounts, noticing
from config.kernel import clock, jobs, languages
from config.kernel.admin.pages import HistoryPage, StatusHistory, admin

LOOK_AHEAD = timedelta(days=8)
RECENT = 15
SOON = timedelta(hours=24)


class RuleForm(forms.ModelForm):
    weekdays = WeekdaysField(label=_("Weekdays"), initial=every_day)
    times = TimesField(label=_("Times"), help_text=_("The channel's local time: 12:00, 18:30"))

    class Meta:
        model = PostingRule
        fields = ("weekdays", "times", "is_on")


class RulesOfChannel(TabularInline):
    model = PostingRule
    form = RuleForm
    fields = ("weekdays", "times", "is_on")
    extra = 0
    verbose_name_plural = _("posting times")
    hide_title = True
    tab = True


class ChannelForm(forms.ModelForm):
    countries = CountriesField(
        label=_("Countries"), help_text=_("Two-letter codes (ISO 3166) with commas between them: MX, CO, PE")
    )
    also_takes = TagsField(
        label=_("Also takes"),
        required=False,
        help_text=_("Other languages whose editions it shows: es-419, pt. A regional variant is taken only if named."),
    )
    tiers = TiersField(label=_("Tiers it takes"), initial=all_tiers)
    best_hours = HoursField(
        label=_("Best hours"),
        required=False,
        help_text=_("Hours of its own day in which its audience watches most: 18-21, 12. Empty: not known."),
    )

    class Meta:
        model = Channel
        fields = (
            "platform", "name", "handle", "external_id", "api_client", "language", "also_takes", "countries",
            "time_zone", "genres", "tiers", "most_age_rating", "takes_ai", "audience", "followers", "best_hours",
            "daily_cap", "drama_gap_hours", "late_minutes",
        )  # fmt: skip
        widgets = {"genres": UnfoldAdminCheckboxSelectMultipleWidget()}


def next_slot(row: Channel, now: datetime) -> datetime | None:
    """The next posting time by the rules in force; None when no rule ever comes."""
    hours = [slots.Hours(tuple(rule.weekdays), tuple(rule.times)) for rule in row.rules.all() if rule.is_on]
    coming = slots.between(hours, str(showing.zone_of(row.time_zone)), now, now + LOOK_AHEAD)
    return coming[0] if coming else None


@admin.register(Channel)
class ChannelAdmin(ownership.OwnRows, OnlyWhatChanged, HistoryPage):
    empty_hint = _("There are no channels yet. Add one, then connect its account from its page.")
    form = ChannelForm
    list_display = ("called", "state", "spoken", "local_time", "slot", "follower_count", "live")
    list_filter = (
        ("platform", ChoicesDropdownFilter),
        ("status", ChoicesDropdownFilter),
        filters.OwnLanguageFilter,
        ("genres", RelatedDropdownFilter),
        ("api_client", RelatedDropdownFilter),
    )
    search_fields = ("name", "handle", "external_id")
    ordering = ("name",)
    readonly_fields = ("status_label", "status_reason", "slot", "connections", "posts_from")
    actions = ("pause", "resume")
    actions_detail = ("pause_one", "resume_one")
    inlines = (RulesOfChannel, GrantsOfChannel, StatusHistory)
    change_form_outer_before_template = "channels/admin/channel_pause.html"
    change_form_outer_after_template = "channels/admin/channel_recent.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name", "platform"),
                    ("status_label", "status_reason"),
                    ("handle", "external_id"),
                    "api_client",
                )
            },
        ),
        (_("Connections"), {"fields": (("connections", "posts_from"),)}),
        (
            _("Whom it speaks to"),
            {"fields": (("language", "also_takes"), "countries", ("audience", "followers"))},
        ),
        (
            _("What it takes"),
            {"fields": ("genres", ("tiers", "most_age_rating"), "takes_ai")},
        ),
        (
            _("When it posts"),
            {"fields": (("time_zone", "slot"), "best_hours", ("daily_cap", "drama_gap_hours", "late_minutes"))},
        ),
    )

    class Media:
        css = {"all": ("channels/channels.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Channel]:
        live = (
            Publication.objects.filter(channel=OuterRef("pk"), status=publication.Status.PUBLISHED)
            .order_by()
            .values("channel")
            .annotate(n=Count("pk"))
            .values("n")
        )
        rows: QuerySet[Channel] = super().get_queryset(request)
        return rows.annotate(live_count=Coalesce(Subquery(live), 0)).prefetch_related("rules")

    def has_pause_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("channels.pause_channel")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A channel with a history is never deleted."""
        return False

    def get_inlines(self, request: HttpRequest, obj: Channel | None) -> Any:
        return self.inlines if obj else (RulesOfChannel,)

    def get_readonly_fields(self, request: HttpRequest, obj: Channel | None = None) -> tuple[str, ...]:
        fixed = ("platform", "external_id") if obj and obj.posts_from else ()
        return (*self.readonly_fields, *fixed)

    @display(description=_("name"), ordering="name")
    def called(self, row: Channel) -> SafeString:
        return format_html(
            '<span class="ch-name" dir="auto">{}</span><span class="dp-faint">{}</span>',
            row.name,
            row.get_platform_display(),
        )

    @display(description=_("status"), ordering="status")
    def state(self, row: Channel) -> SafeString:
        return format_html(
            '{}<span class="ch-why" title="{}">{}</span>', self.status_label(row), row.status_reason, row.status_reason
        )

    @display(description=_("status"))
    def status_label(self, row: Channel) -> SafeString:
        return showing.badge(row.get_status_display(), showing.CHANNEL.get(row.status, ""))

    @display(description=_("language"), ordering="language")
    def spoken(self, row: Channel) -> SafeString:
        shown = ", ".join(row.countries[:4])
        more = f" +{len(row.countries) - 4}" if len(row.countries) > 4 else ""
        return format_html(
            '{} ({})<br><span class="dp-faint">{}{}</span>', languages.name(row.language), row.language, shown, more
        )

    @display(description=_("time zone"), ordering="time_zone")
    def local_time(self, row: Channel) -> SafeString:
        now = clock.now().astimezone(showing.zone_of(row.time_zone))
        return format_html(
            '{}<br><span class="dp-faint dp-tight">{}</span>', row.time_zone, gettext("now %s") % f"{now:%H:%M}"
        )

    @display(description=_("followers"), ordering="followers")
    def follower_count(self, row: Channel) -> int | None:
        return row.followers

    @display(description=_("next slot"))
    def slot(self, row: Channel) -> SafeString | str:
        if row.pk is None or not (coming := next_slot(row, clock.now())):
            return gettext("no posting time")
        return showing.both_times(coming, row.time_zone)

    @display(description=_("live"), ordering="live_count")
    def live(self, row: Channel) -> SafeString | str:
        return connecting.live_link(row)

    @display(description=_("accounts"))
    def connections(self, row: Channel) -> SafeString | str:
        if row.pk is None:
            return gettext("Save the channel first; then connect its account here.")
        return connecting.buttons(row, may_connect=getattr(row, "may_connect", False))

    def get_form(self, request: HttpRequest, obj: Channel | None = None, change: bool = False, **options: Any) -> Any:
        if obj is not None:
            obj.may_connect = request.user.has_perm("channels.connect_channel")  # type: ignore[attr-defined]
        return super().get_form(request, obj, change, **options)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {**(extra_context or {})}
        if object_id and request.user.has_perm("channels.view_publication"):
            context["recent"] = _recent(object_id)
            context["waiting_count"] = noticing.waiting_on([object_id])
            context["may_ask"] = request.user.has_perm("channels.add_plan")
            context["may_pause"] = self.has_pause_permission(request)
        return super().changeform_view(request, object_id, form_url, context)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Other times, caps or tastes may leave something planned where it may not stand any more."""
        super().save_related(request, form, formsets, change)
        if change and (form.has_changed() or any(one.has_changed() for one in formsets)):
            jobs.remind("channels.jobs.propose_change", Event.CHANNEL_RULES.value, form.instance.pk)

    @admin.action(description=_("Pause…"), permissions=["pause"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Channel]) -> HttpResponse | None:
        return asking.of_rows(self, request, queryset, _pausing(request, queryset.values_list("pk", flat=True)))

    @admin.action(description=_("Resume…"), permissions=["pause"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Channel]) -> HttpResponse | None:
        return asking.of_rows(self, request, queryset, _resuming(request))

    @action(description=_("Pause…"), url_path="pause", permissions=["pause"], icon="pause")
    def pause_one(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._ask_one(request, object_id, _pausing(request, [object_id]))

    @action(description=_("Resume…"), url_path="resume", permissions=["pause"], icon="play_arrow")
    def resume_one(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._ask_one(request, object_id, _resuming(request))

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """A channel that runs can be paused, any other can be switched on."""
        status = Channel.objects.filter(pk=object_id).values_list("status", flat=True).first()
        ends = {"pause_one": channel.Status.PAUSED, "resume_one": channel.Status.ACTIVE}
        return [
            self.get_unfold_action(name)
            for name, end in ends.items()
            if self.has_pause_permission(request) and end in channel.MOVES.get(status, set())
        ]

    def _ask_one(self, request: HttpRequest, object_id: int, question: asking.Question) -> HttpResponse:
        row = asking.find(self, request, object_id)
        return asking.of_one(self, request, row, question, back=reverse("admin:channels_channel_change", args=[row.pk]))


def _recent(channel_id: str) -> list[dict[str, Any]]:
    rows = Publication.objects.filter(channel_id=channel_id).select_related("clip__edition__drama", "channel")
    return [
        {
            "due": showing.both_times(row.due_at, row.channel.time_zone),
            "title": showing.page_of(row, row.title or str(row.clip)),
            "clip": str(row.clip),
            "status": showing.badge(row.get_status_display(), showing.PUBLICATION.get(row.status, "")),
            "why": row.status_reason,
        }
        for row in rows.filter(due_at__lte=clock.now() + SOON).order_by("-due_at")[:RECENT]
    ]


def _pausing(request: HttpRequest, keys: Iterable[Any]) -> asking.Question:
    return asking.Question(
        title=_("Pause channels"),
        sentence=_(
            "Nothing is uploaded while a channel is paused. What is live stays, and its comments are still read."
        ),
        button=_("Pause"),
        form=asking.WhyForm,
        facts=((_("Publications that wait there, from now on"), noticing.waiting_on(keys)),),
        do=lambda row, said: accounts.pause(row, why=said["why"], by=request.user),
    )


def _resuming(request: HttpRequest) -> asking.Question:
    return asking.Question(
        title=_("Resume channels"),
        sentence=_("Uploads start again at the next time that is due. What became too late is planned anew."),
        button=_("Resume"),
        form=asking.MaybeWhyForm,
        do=lambda row, said: accounts.resume(row, why=said["why"], by=request.user),
    )
