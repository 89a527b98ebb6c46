from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog import ownership
from channels.admin import asking, calendar, filters, needs_person, publication_parts, showing, to_approve
from channels.admin import publication_questions as questions
from channels.admin.fields import WordsField
from channels.admin.saving import OnlyWhatChanged
from channels.models import Approval, Extra, Publication, UploadSession
from channels.rules import publication, reasons, upload
from channels.services import approving
from config.kernel.admin.pages import HistoryPage, StatusHistory, admin

TEXTS = ("title", "description", "tags", "is_pinned")


class PublicationForm(forms.ModelForm):
    tags = WordsField(label=_("Tags"), required=False, help_text=_("With commas between them."))

    class Meta:
        model = Publication
        fields = TEXTS
        widgets = {"title": UnfoldAdminTextInputWidget(attrs={"dir": "auto"})}


def _live_sessions() -> Prefetch:
    rows = UploadSession.objects.filter(status__in=upload.LIVE).defer("handle", "evidence")
    return Prefetch("sessions", queryset=rows, to_attr="live_sessions")


@admin.register(Publication)
class PublicationAdmin(ownership.OwnRows, OnlyWhatChanged, HistoryPage):
    empty_hint = _("Nothing is planned yet. Make a plan; its publications stand here.")
    form = PublicationForm
    list_display = ("name", "channel_link", "state", "due", "progress")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        to_approve.ApprovalFilter,
        filters.NeedsPersonFilter,
        filters.PlatformFilter,
        ("channel", AutocompleteSelectFilter),
        filters.LanguageFilter,
        filters.TierFilter,
        ("due_at", filters.MomentsFilter),
    )
    search_fields = ("title", "clip__edition__drama__code", "external_id")
    search_help_text = _("Title, drama code or id at the platform")
    list_select_related = ("channel", "clip__edition__drama")
    ordering = ("-due_at", "channel")
    actions = ("approve_all", "move_all", "pin_all", "unpin_all", "cancel_all", "take_down_all", "retry_all")
    actions_detail = tuple(questions.DEEDS)
    readonly_fields = ("tag_words",)
    fieldsets = ((_("Texts"), {"fields": ("title", "description", ("tags", "is_pinned"))}),)
    inlines = (
        publication_parts.Yeses,
        publication_parts.Checks,
        publication_parts.Tries,
        publication_parts.FollowUps,
        publication_parts.Looks,
        StatusHistory,
    )
    change_form_outer_before_template = "channels/admin/publication_facts.html"
    list_before_template = "channels/admin/publication_queue.html"

    class Media:
        css = {"all": ("channels/channels.css", "channels/approval.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publication]:
        yeses = Approval.objects.filter(publication=OuterRef("pk"), lapsed_at=None, by__isnull=False)
        count = yeses.order_by().values("publication").annotate(n=Count("by", distinct=True)).values("n")
        rows = super().get_queryset(request).annotate(yes_count=Coalesce(Subquery(count), 0))
        return rows.prefetch_related(_live_sessions())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_approve_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("channels.approve_plan")

    def has_withdraw_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("channels.withdraw_publication")

    def has_settle_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("channels.settle_publication")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Texts can be changed until the upload begins; afterwards the platform has them."""
        is_open = obj is None or obj.status in publication.WAITING
        return is_open and super().has_change_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Publication | None = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        return ((_("Texts"), {"fields": ("title", "description", "tag_words")}),)

    def save_model(self, request: HttpRequest, obj: Publication, form: Any, change: bool) -> None:
        """Other words than people said yes to are to be approved again, by somebody else than their writer."""
        was = approving.substance(Publication.objects.select_related("channel").get(pk=obj.pk))
        super().save_model(request, obj, form, change)
        if approving.changed(obj, was=was, by=request.user):
            messages.warning(request, gettext("Its words changed after it was approved: it waits for a new approval."))

    @display(description=_("tags"))
    def tag_words(self, row: Publication) -> str:
        return ", ".join(str(tag) for tag in row.tags) or "–"

    def get_urls(self) -> list[Any]:
        own = [
            path("to-approve/", self.admin_site.admin_view(self.to_approve_view), name="channels_to_approve"),
            path(
                "needs-a-person/",
                self.admin_site.admin_view(self.needs_person_view),
                name="channels_needs_a_person",
            ),
            path(
                "follow-up/<int:extra_id>/done/",
                self.admin_site.admin_view(self.extra_done_view),
                name="channels_extra_done",
            ),
        ]
        return [*calendar.urls(self), *own, *super().get_urls()]

    def get_ordering(self, request: HttpRequest) -> Any:
        """In the queue what is due soonest leads."""
        return to_approve.SOONEST if to_approve.is_queue(request) else super().get_ordering(request)

    def get_changelist(self, request: HttpRequest, **more: Any) -> Any:
        usual = super().get_changelist(request, **more)
        return to_approve.soonest_first(usual) if to_approve.is_queue(request) else usual

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With what stands above the queue, and how many people those need that somebody has said yes to."""
        shown = super().get_changelist_instance(request)
        shown.queue = to_approve.queue(request, self.get_queryset(request))
        shown.result_list = list(shown.result_list)
        half_way = [row for row in shown.result_list if to_approve.is_half_way(row)]
        needs = approving.needs(half_way)
        for row in half_way:
            row.need = needs[row.pk]
        return shown

    # --- the list ------------------------------------------------------------------------------------

    @display(description=_("title"), ordering="title")
    def name(self, row: Publication) -> SafeString:
        return format_html('{}<span class="dp-faint">{}</span>', showing.titled(row.title or str(row.clip)), row.clip)

    @display(description=_("channel"), ordering="channel__name")
    def channel_link(self, row: Publication) -> SafeString:
        return format_html(
            '<span class="ch-name" dir="auto">{}</span><span class="dp-faint">{}</span>',
            showing.page_of(row.channel),
            row.channel.get_platform_display(),
        )

    @display(description=_("status"), ordering="status")
    def state(self, row: Publication) -> SafeString:
        label = showing.badge(row.get_status_display(), showing.PUBLICATION.get(row.status, ""))
        yeses = to_approve.count_of(row)
        return format_html(
            '{}<span class="dp-faint ch-yeses">{}</span><span class="ch-why" title="{}">{}</span>',
            label,
            yeses,
            row.status_reason,
            row.status_reason,
        )

    @display(description=_("goes live at"), ordering="due_at")
    def due(self, row: Publication) -> SafeString | str:
        return showing.both_times(row.due_at, row.channel.time_zone)

    @display(description=_("upload"))
    def progress(self, row: Publication) -> SafeString | str:
        live = row.live_sessions  # type: ignore[attr-defined]
        return publication_parts.sent(live[0]) if live else ""

    @admin.action(description=_("Approve…"), permissions=["approve"])
    def approve_all(self, request: HttpRequest, queryset: QuerySet[Publication]) -> HttpResponse | None:
        return asking.of_rows(self, request, queryset, questions.about_many("approve", request))

    @admin.action(description=_("Move by days and hours…"), permissions=["change"])
    def move_all(self, request: HttpRequest, queryset: QuerySet[Publication]) -> HttpResponse | None:
        return asking.of_rows(self, request, queryset, questions.about_many("move_by", request))

    @admin.action(description=_("Pin…"), permissions=["change"])
    def pin_all(self, request: HttpRequest, queryset: QuerySet[Publication]) -> HttpResponse | None:
        return asking.of_rows(self, request, queryset, questions.about_many("pin", request))

    @admin.action(description=_("Unpin…"), permissions=["change"])
    def unpin_all(self, request: HttpRequest, queryset: QuerySet[Publication]) -> HttpResponse | None:
        return asking.of_rows(self, request, queryset, questions.about_many("unpin", request))

    @admin.action(description=_("Cancel…"), permissions=["change"])
    def cancel_all(self, request: HttpRequest, queryset: QuerySet[Publication]) -> HttpResponse | None:
        return asking.of_rows(self, request, queryset, questions.about_many("cancel", request))

    @admin.action(description=_("Take down…"), permissions=["withdraw"])
    def take_down_all(self, request: HttpRequest, queryset: QuerySet[Publication]) -> HttpResponse | None:
        return asking.of_rows(self, request, queryset, questions.about_many("take_down", request))

    @admin.action(description=_("Try failed ones again…"), permissions=["change"])
    def retry_all(self, request: HttpRequest, queryset: QuerySet[Publication]) -> HttpResponse | None:
        return asking.of_rows(self, request, queryset, questions.about_many("retry", request))

    # --- one publication -------------------------------------------------------------------------------

    @action(description=_("Approve"), url_path="approve", icon="check")
    def approve(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._ask(request, object_id, "approve")

    @action(description=_("Move"), url_path="move", icon="event")
    def move(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._ask(request, object_id, "move")

    @action(description=_("Cancel"), url_path="cancel", icon="block")
    def cancel(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._ask(request, object_id, "cancel")

    @action(description=_("Take down"), url_path="take-down", icon="delete", variant=ActionVariant.DANGER)
    def take_down(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._ask(request, object_id, "take_down")

    @action(description=_("Try again"), url_path="retry", icon="replay")
    def retry(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._ask(request, object_id, "retry")

    @action(description=_("It is there"), url_path="it-is-there", icon="check")
    def it_is_there(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._ask(request, object_id, "it_is_there")

    @action(description=_("It is not there: send again"), url_path="send-again", icon="replay")
    def send_again(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._ask(request, object_id, "send_again")

    def _ask(self, request: HttpRequest, object_id: int, deed: str) -> HttpResponse:
        asking.demand(request, questions.DEEDS[deed].right)
        row = asking.find(self, request, object_id)
        back = reverse("admin:channels_publication_change", args=[row.pk])
        return asking.of_one(self, request, row, questions.about(deed, request), back=back)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Only what this person may do and what makes sense where the publication stands."""
        status = Publication.objects.filter(pk=object_id).values_list("status", flat=True).first()
        return [
            self.get_unfold_action(name)
            for name, deed in questions.DEEDS.items()
            if status in deed.statuses and request.user.has_perm(deed.right)
        ]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        facts = _facts(request, row) if row else {}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **facts})

    # --- pages beside the list ---------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        answer: HttpResponse = super().changelist_view(request, extra_context)
        shown = (getattr(answer, "context_data", None) or {}).get("cl")
        if shown is not None:
            answer.context_data.update(shown.queue)  # type: ignore[attr-defined]
        return answer

    def to_approve_view(self, request: HttpRequest) -> HttpResponse:
        asking.demand(request, "channels.approve_plan")
        return HttpResponseRedirect(f"{reverse('admin:channels_publication_changelist')}?{to_approve.MINE}")

    def needs_person_view(self, request: HttpRequest) -> HttpResponse:
        asking.demand(request, "channels.view_publication")
        return needs_person.page(self, request)

    def extra_done_view(self, request: HttpRequest, extra_id: int) -> HttpResponse:
        asking.demand(request, "channels.withdraw_publication")
        row = asking.found(Extra.objects.filter(pk=extra_id))
        back = reverse("admin:channels_publication_change", args=[row.publication_id])
        return asking.of_one(self, request, row, questions.done_by_hand(request), back=back)


def _facts(request: HttpRequest, row: Publication) -> dict[str, Any]:
    """What stands above the texts: the clip, where it goes, how far it got, and what it follows."""
    sessions = list(row.sessions.defer("handle").order_by("-number"))
    waits = row.status == publication.Status.NEEDS_PERSON
    successor = Publication.objects.filter(replaces=row).select_related("channel", "clip__edition__drama").first()
    return {
        "publication": row,
        "standing": to_approve.standing_of(row, request),
        "status": showing.badge(row.get_status_display(), showing.PUBLICATION.get(row.status, "")),
        "due": showing.both_times(row.due_at, row.channel.time_zone),
        "starts": showing.at_utc(row.upload_at),
        "progress": publication_parts.sent(sessions[0]) if sessions else "",
        "channel_link": showing.page_of(row.channel),
        "clip_link": showing.page_of(row.clip),
        "plan_link": showing.page_of(row.plan) if row.plan_id else "",
        "replaces_link": showing.page_of(row.replaces) if row.replaces_id else "",
        "replaced_link": showing.page_of(successor) if successor else "",
        "reasons": format_html_join("", "<li>{}</li>", ((one,) for one in reasons.sentences(row.reasons))),
        "evidence": publication_parts.all_evidence(sessions) if waits else [],
        "waits": waits,
        "may_settle": request.user.has_perm("channels.settle_publication"),
        "labelled": {True: gettext("yes"), False: gettext("no")}.get(row.synthetic_media, gettext("not answered")),  # type: ignore[arg-type]
    }
