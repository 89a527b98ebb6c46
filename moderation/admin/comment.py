from __future__ import annotations

from typing import Any

from django.contrib import admin as django_admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import action, display

from catalog import ownership
from config.kernel import languages
from config.kernel.admin import actions
from config.kernel.admin.pages import ReadOnlyPage, admin, ago, link
from moderation.admin import filters, showing, triage
from moderation.models import Comment, Verdict
from moderation.rules.words import Label
from moderation.services import judging


class Verdicts(TabularInline):
    model = Verdict
    fields = readonly_fields = ("at", "source", "person", "classifier", "label", "sub_class", "confidence")
    extra = 0
    can_delete = False
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Verdict]:
        return super().get_queryset(request).select_related("person")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Comment)
class CommentPage(ownership.OwnRows, ReadOnlyPage):
    """A partner's people see complaints as evidence of their tickets, never the comments themselves."""

    empty_hint = _("No comment was read yet. Every connected channel is read once an hour.")

    list_display = ("said", "verdict", "sureness", "tongue", "channel", "ticket", "posted", "likes")
    list_filter = (
        ("label", ChoicesDropdownFilter),
        filters.CommentLanguageFilter,
        "needs_review",
        "is_confirmed",
        ("channel", AutocompleteSelectFilter),
        ("posted_at", RangeDateTimeFilter),
    )
    search_fields = ("text", "external_id", "video_id")
    list_select_related = ("channel", "evidence__ticket", "publication")
    ordering = ("-posted_at",)
    actions = ("label_dubbing", "label_translation", "label_other", "label_none")
    actions_list = ("open_triage",)
    fieldsets = (
        (
            None,
            {"fields": ("words", "channel", "clip_link", "posted_at", "edited_at", "first_seen_at", "refreshed_at")},
        ),
        (_("Verdict"), {"fields": ("verdict", "sub", "confidence", "tongue", "needs_review", "ticket")}),
        (_("At the platform"), {"fields": ("external_id", "video_id", "parent_id", "likes", "replies", "is_held")}),
    )
    inlines = (Verdicts,)

    class Media:
        css = {"all": ("moderation/moderation.css",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for _title, options in self.fieldsets for name in options["fields"]]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.triage_view)
        return [path("triage/", view, name="moderation_triage"), *super().get_urls()]

    def has_label_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("moderation.label_comment") and ownership.partner_of(request) is None

    def triage_view(self, request: HttpRequest) -> HttpResponse:
        return triage.show(self, request)

    @action(description=_("Triage"), permissions=["label"], url_path="triage-page", icon="keyboard")
    def open_triage(self, request: HttpRequest) -> HttpResponse:
        return triage.redirect()

    def _label_all(self, request: HttpRequest, rows: QuerySet[Comment], label: Label) -> None:
        actions.carry_out(request, rows, lambda row: judging.label(row, label=label, by=request.user))

    @django_admin.action(description=_("Label as dubbing complaint"), permissions=["label"])
    def label_dubbing(self, request: HttpRequest, rows: QuerySet[Comment]) -> None:
        self._label_all(request, rows, Label.DUBBING)

    @django_admin.action(description=_("Label as translation complaint"), permissions=["label"])
    def label_translation(self, request: HttpRequest, rows: QuerySet[Comment]) -> None:
        self._label_all(request, rows, Label.TRANSLATION)

    @django_admin.action(description=_("Label as other complaint"), permissions=["label"])
    def label_other(self, request: HttpRequest, rows: QuerySet[Comment]) -> None:
        self._label_all(request, rows, Label.OTHER)

    @django_admin.action(description=_("Label as no complaint"), permissions=["label"])
    def label_none(self, request: HttpRequest, rows: QuerySet[Comment]) -> None:
        self._label_all(request, rows, Label.NONE)

    # --- columns -------------------------------------------------------------------------------------

    @display(description=_("comment"))
    def said(self, row: Comment) -> SafeString | str:
        return showing.words(row.text, empty=showing.purged())

    @display(description=_("comment"))
    def words(self, row: Comment) -> SafeString | str:
        return self.said(row)

    @display(description=_("verdict"), ordering="label")
    def verdict(self, row: Comment) -> SafeString | str:
        if not row.label:
            return _("not yet judged")
        return showing.badge(row.get_label_display(), showing.LABEL.get(row.label, ""))

    @display(description=_("sub-class"))
    def sub(self, row: Comment) -> Any:
        return showing.sub_class(row.sub_class)

    @display(description=_("sure"), ordering="confidence")
    def sureness(self, row: Comment) -> SafeString:
        if row.is_confirmed:
            return showing.tight(_("by a person"))
        percent = "–" if row.confidence is None else f"{100 * row.confidence:.0f} %"
        return showing.tight(f"{percent} ?" if row.needs_review else percent)

    @display(description=_("language"), ordering="language")
    def tongue(self, row: Comment) -> str:
        return languages.name(row.language) if row.language else "–"

    @display(description=_("ticket"))
    def ticket(self, row: Comment) -> SafeString | str:
        evidence = getattr(row, "evidence", None)
        if evidence is None:
            return "–"
        return showing.tight(link(showing.url_of("moderation_ticket_change", evidence.ticket_id), str(evidence.ticket)))

    @display(description=_("age"), ordering="posted_at")
    def posted(self, row: Comment) -> SafeString:
        return showing.tight(ago(row.posted_at))

    @display(description=_("publication"))
    def clip_link(self, row: Comment) -> SafeString | str:
        if row.publication is None:
            return _("a video that is none of ours: %(video)s") % {"video": row.video_id}
        return link(showing.url_of("channels_publication_change", row.publication_id), row.publication.title)
