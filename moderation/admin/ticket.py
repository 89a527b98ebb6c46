from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import action, display

from catalog import ownership
from config.kernel import clock, languages
from config.kernel.admin import actions
from config.kernel.admin.pages import ReadOnlyPage, StatusHistory, admin, ago
from config.kernel.errors import ProductError
from moderation.admin import filters, showing, ticket_parts
from moderation.admin.ticket_forms import DeliveryForm, NoteForm, ReasonForm, SureForm
from moderation.models import Ticket
from moderation.rules import ticket as life
from moderation.services import ticketing


@dataclass(frozen=True)
class Deed:
    """What a person does with one ticket: a page that asks, and one service call. False means "already so"."""

    title: Any
    sentence: Any
    button: Any
    form: Callable[..., forms.Form]
    do: Callable[[Ticket, dict[str, Any], Any], Any]
    to: life.Status | None = None


DEEDS = {
    "acknowledge": Deed(
        _("Acknowledge"),
        _("The vendor has seen it and works on it."),
        _("Acknowledge"),
        SureForm,
        lambda ticket, _given, by: ticketing.acknowledge(ticket, by=by),
        to=life.Status.ACKNOWLEDGED,
    ),
    "reject": Deed(
        _("Reject"),
        _("It is no defect. Complaints from before count as answered; new ones may open another ticket."),
        _("Reject it"),
        ReasonForm,
        lambda ticket, given, by: ticketing.reject(ticket, why=given["why"], by=by),
        to=life.Status.REJECTED,
    ),
    "deliver": Deed(
        _("Deliver a fix"),
        _("The files become a new version of the edition. Once it passed QC, all uploads of the old one are replaced."),
        _("Deliver"),
        DeliveryForm,
        lambda ticket, given, by: ticketing.deliver(ticket, files=given["files"], note=given["note"], by=by),
        to=life.Status.DELIVERED,
    ),
    "note": Deed(
        _("Write a note"),
        _("The desk and the vendor both read it."),
        _("Keep it"),
        NoteForm,
        lambda ticket, given, by: ticketing.note(ticket, text=given["text"], by=by),
    ),
}


class History(StatusHistory):
    """Under the page rather than behind a tab: the whole page is about it."""

    tab = False


@admin.register(Ticket)
class TicketPage(ownership.OwnRows, ReadOnlyPage):
    empty_hint = _(
        "There is no ticket. When three viewers complain of the same dubbing or translation, one opens by itself."
    )
    owner = "vendor"
    list_display = (
        "name",
        "severity_badge",
        "status_badge",
        "complaint",
        "edition",
        "place",
        "complaints",
        "vendor",
        "due",
    )
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("severity", ChoicesDropdownFilter),
        ("label", ChoicesDropdownFilter),
        filters.TicketLanguageFilter,
        filters.OverdueFilter,
        ("vendor", AutocompleteSelectFilter),
        ("opened_at", RangeDateTimeFilter),
    )
    search_fields = ("=pk", "version__edition__drama__code", "version__edition__title")
    search_help_text = _("Number, drama code or title")
    list_select_related = ("version__edition__drama", "vendor")
    ordering = ("-opened_at",)
    actions = ("acknowledge_all",)
    inlines = (History,)
    change_form_outer_before_template = "moderation/admin/ticket.html"

    class Media:
        css = {"all": ("moderation/moderation.css",)}

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(self.deed_view),
                {"name": name},
                name=f"moderation_ticket_{name}",
            )
            for name in DEEDS
        ]
        return [*own, *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """None: the template above the form shows everything."""
        return []

    def has_work_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("moderation.work_ticket")

    def change_view(self, request: HttpRequest, object_id: str, *given: Any, **options: Any) -> HttpResponse:
        ticket = self.get_object(request, object_id)
        if ticket is not None and self.has_view_permission(request, ticket):
            extra = {**ticket_parts.facts(ticket), "deeds": self._deeds(request, ticket), "title": str(ticket)}
            options["extra_context"] = {**(options.get("extra_context") or {}), **extra}
        return super().change_view(request, object_id, *given, **options)

    def _deeds(self, request: HttpRequest, ticket: Ticket) -> list[dict[str, Any]]:
        """The buttons that this person may press now."""
        if not self.has_work_permission(request):
            return []
        open_ones = [name for name, deed in DEEDS.items() if deed.to is None or self._is_open(ticket, deed.to)]
        return [
            {"url": reverse(f"admin:moderation_ticket_{name}", args=[ticket.pk]), "deed": DEEDS[name], "name": name}
            for name in open_ones
        ]

    def _is_open(self, ticket: Ticket, to: life.Status) -> bool:
        return ticket.status in life.UNSOLVED and to in life.MOVES[life.Status(ticket.status)]

    def deed_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """A GET asks, a POST does it and goes back to the ticket."""
        ticket = self.get_object(request, str(pk))
        if ticket is None:
            raise Http404
        if not self.has_work_permission(request):
            raise PermissionDenied
        deed, back = DEEDS[name], reverse("admin:moderation_ticket_change", args=[pk])
        form = self._form(request, deed, ticket)
        if request.method == "POST" and form.is_valid() and self._done(request, deed, ticket, form):
            return HttpResponseRedirect(back)
        return self._ask(request, deed, ticket, form, back)

    def _form(self, request: HttpRequest, deed: Deed, ticket: Ticket) -> forms.Form:
        options: dict[str, Any] = {}
        if deed.form is DeliveryForm:
            options = {"episode": ticket.episode, "also": ticket_parts.named_episodes(ticket)}
        if request.method == "POST":
            return deed.form(request.POST, request.FILES, **options)
        return deed.form(**options)

    def _done(self, request: HttpRequest, deed: Deed, ticket: Ticket, form: forms.Form) -> bool:
        try:
            changed = deed.do(ticket, form.cleaned_data, request.user)
        except ProductError as refusal:
            form.add_error(None, str(refusal))
            return False
        if changed is False:
            messages.info(request, _("It was so already."))
        else:
            ticket.refresh_from_db()
            messages.success(
                request,
                _("%(ticket)s: done. It is “%(status)s” now.")
                % {"ticket": ticket, "status": ticket.get_status_display()},
            )
        return True

    def _ask(self, request: HttpRequest, deed: Deed, ticket: Ticket, form: forms.Form, back: str) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{ticket}: {deed.title}",
            "deed": deed,
            "ticket": ticket,
            "place": showing.place(ticket),
            "form": form,
            "back": back,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "moderation/admin/deed.html", context)

    @action(description=_("Acknowledge"), permissions=["work"])
    def acknowledge_all(self, request: HttpRequest, rows: QuerySet[Ticket]) -> None:
        actions.carry_out(request, rows, lambda row: ticketing.acknowledge(row, by=request.user))

    # --- the list ------------------------------------------------------------------------------------

    @display(description=_("ticket"), ordering="pk")
    def name(self, row: Ticket) -> SafeString:
        return showing.tight(row)

    @display(description=_("severity"), ordering="severity")
    def severity_badge(self, row: Ticket) -> SafeString:
        return showing.badge(row.get_severity_display(), showing.SEVERITY.get(row.severity, ""))

    @display(description=_("status"), ordering="status")
    def status_badge(self, row: Ticket) -> SafeString:
        return showing.badge(row.get_status_display(), showing.TICKET.get(row.status, ""))

    @display(description=_("complaint"), ordering="label")
    def complaint(self, row: Ticket) -> str:
        return (
            f"{row.get_label_display()} · {showing.sub_class(row.sub_class)}"
            if row.sub_class
            else row.get_label_display()
        )

    @display(description=_("edition"), ordering="version__edition__drama__code")
    def edition(self, row: Ticket) -> str:
        edition = row.version.edition
        return f"{edition.drama.code} · {languages.name(edition.language)} · v{row.version.number}"

    @display(description=_("place"), ordering="episode")
    def place(self, row: Ticket) -> SafeString:
        return showing.tight(showing.place(row))

    @display(description=_("due"), ordering="due_at")
    def due(self, row: Ticket) -> SafeString | str:
        if row.status not in life.UNSOLVED:
            return "–"
        if row.due_at < clock.now():
            return showing.badge(_("%(span)s late") % {"span": ago(row.due_at)}, "danger")
        return showing.tight(_("in %(span)s") % {"span": ago(row.due_at).lstrip("+")})
