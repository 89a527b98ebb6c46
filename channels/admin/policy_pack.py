from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from catalog import ownership
from channels.admin import asking, policy_forms, policy_page
from channels.models import PolicyPack, Publication
from channels.rules.policies.words import KindName
from channels.rules.policy_pack import Status
from channels.services import policy_holds, policy_packs
from channels.services.policy_packs import Seen, TakenBack
from config.kernel import clock
from config.kernel.admin.pages import ReadOnlyPage, admin, link
from config.kernel.errors import Invalid, ProductError

SWITCH, CHANGE = "channels.switch_policypack", "channels.change_policypack"


@admin.register(PolicyPack)
class PolicyPackAdmin(ownership.OwnRows, ReadOnlyPage):
    """Dated rules: what each asks, where it is written, what a change would hold, and the switch."""

    empty_hint = _("There is no policy pack. “manage.py load_policy_packs” brings in those that come with the product.")
    list_display = ("title", "state", "reach", "in_force", "rule_count", "held", "source")
    list_filter = (("status", ChoicesDropdownFilter), ("platform", ChoicesDropdownFilter))
    search_fields = ("name", "code", "note")

    class Media:
        css = {"all": ("channels/channels.css", "channels/policies.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyPack]:
        held = Count("holds__items", filter=Q(holds__lifted_at=None))
        rows: QuerySet[PolicyPack] = super().get_queryset(request)
        return rows.annotate(held_count=held).order_by("code", "-version")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("channels.add_policypack") and ownership.partner_of(request) is None

    def get_urls(self) -> list[Any]:
        pages: dict[str, Callable[..., HttpResponse]] = {
            "edit": self.edit_view,
            "version": self.version_view,
            "try": self.try_view,
            "undo": self.undo_view,
            "off": self.off_view,
            "release": self.release_view,
        }
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"channels_policypack_{name}")
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    # --- the list ------------------------------------------------------------------------------------

    @display(description=_("pack"), ordering="name")
    def title(self, row: PolicyPack) -> SafeString:
        return format_html(
            '<span dir="auto">{}</span><br><span class="dp-faint">{} v{}</span>', row.name, row.code, row.version
        )

    @display(description=_("status"), ordering="status")
    def state(self, row: PolicyPack) -> SafeString:
        return policy_page.badge(row)

    @display(description=_("applies to"), ordering="platform")
    def reach(self, row: PolicyPack) -> str:
        return policy_page.scope(row)

    @display(description=_("in force"), ordering="starts_on")
    def in_force(self, row: PolicyPack) -> SafeString:
        return format_html('<span class="dp-tight">{}</span>', policy_page.days(row))

    @display(description=_("rules"))
    def rule_count(self, row: PolicyPack) -> int:
        return len(row.rules)

    @display(description=_("holds"))
    def held(self, row: PolicyPack) -> SafeString | str:
        count = int(row.held_count)  # type: ignore[attr-defined]
        return link(reverse("admin:channels_policypack_change", args=[row.pk]) + "#held", str(count)) if count else "–"

    @display(description=_("source"))
    def source(self, row: PolicyPack) -> SafeString | str:
        first = row.sources[0] if row.sources else None
        if not isinstance(first, dict):
            return "–"
        read_on = first.get("read_on", "")
        return format_html(
            '<a class="dp-link" href="{}" target="_blank" rel="noopener noreferrer">{}</a>{}',
            first.get("url", ""),
            first.get("title") or first.get("url", ""),
            format_html(
                '<br><span class="{}">{}</span>',
                "dp-faint" if read_on else "dp-warn",
                gettext("read on %(day)s") % {"day": read_on} if read_on else gettext("not read yet"),
            ),
        )

    # --- one pack --------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = asking.find(self, request, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return self._show(request, "policy_pack", str(row), policy_page.reading(request, row))

    def _show(self, request: HttpRequest, page: str, title: str, told: dict[str, Any], media: Any = "") -> HttpResponse:
        frame = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "media": media or self.media,
        }
        return TemplateResponse(request, f"channels/admin/{page}.html", {**frame, **told})

    def _find(self, request: HttpRequest, pk: int, right: str) -> PolicyPack:
        asking.demand(request, right)
        row: PolicyPack = asking.find(self, request, pk)
        return row

    # --- writing -----------------------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._write(request, PolicyPack(starts_on=clock.now().date()))

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._find(request, pk, CHANGE)
        if row.status != Status.DRAFT:
            messages.error(request, gettext("%(pack)s was in force; make a new version of it.") % {"pack": row})
            return _to(row)
        return self._write(request, row)

    def _write(self, request: HttpRequest, row: PolicyPack) -> HttpResponse:
        is_saving = request.method == "POST" and not _is_about_cards(request)
        head = policy_forms.PackForm(request.POST if is_saving else None, instance=row, initial=_typed(request))
        cards = _cards(request, row, is_saving=is_saving)
        if is_saving and self._save(request, head, cards):
            return _to(head.instance)
        told = {"pack": row, "head": head, "cards": cards, "kinds": KindName.choices, "is_new": row.pk is None}
        title = gettext("Change %(pack)s") % {"pack": row} if row.pk else gettext("New policy pack")
        return self._show(request, "policy_pack_edit", title, told, self.media + head.media)

    def _save(self, request: HttpRequest, head: Any, cards: list[policy_forms.Card]) -> bool:
        """Whether the draft was kept; whatever does not fit stands at its field."""
        rules = policy_forms.rules_of(cards)
        if not cards:
            head.add_error(None, gettext("A pack without rules asks nothing. Add one below."))
        if not head.is_valid() or rules is None or not cards:
            return False
        head.instance.rules = rules
        try:
            policy_packs.save_draft(head.instance, by=request.user)
        except Invalid as error:
            head.add_error(None, str(error))
            return False
        messages.success(request, gettext("The draft was kept. Try it to see what it would hold."))
        return True

    def version_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._find(request, pk, CHANGE)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        draft = policy_packs.new_version(row, by=request.user)
        return HttpResponseRedirect(reverse("admin:channels_policypack_edit", args=[draft.pk]))

    # --- the switch -----------------------------------------------------------------------------------------

    def try_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A GET tries it on the queue and shows the numbers; a POST switches it on with them."""
        asking.demand(request, "channels.view_policypack")
        row = asking.find(self, request, pk)
        if row.status == Status.ON:
            messages.info(request, gettext("%(pack)s is in force already.") % {"pack": row})
            return _to(row)
        if request.method == "POST":
            asking.demand(request, SWITCH)
            if _switch(request, row):
                return _to(row)
        told = policy_page.trying(row) | {"may_switch": request.user.has_perm(SWITCH)}
        return self._show(request, "policy_pack_try", gettext("Try %(pack)s") % {"pack": row}, told)

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._ask(request, pk, _undoing)

    def off_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._ask(request, pk, _switching_off)

    def _ask(self, request: HttpRequest, pk: int, about: Callable[..., asking.Question]) -> HttpResponse:
        row = self._find(request, pk, SWITCH)
        back = reverse("admin:channels_policypack_change", args=[row.pk])
        return asking.of_one(self, request, row, about(request, row), back=back)

    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let go of one that was mended, or of everything that passes by now."""
        row = self._find(request, pk, SWITCH)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            _release(request, row)
        except ProductError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:channels_policypack_change", args=[row.pk]) + "#held")


def _is_about_cards(request: HttpRequest) -> bool:
    """A rule is added or taken out, and nothing is kept yet."""
    return any(name == "add" or name.startswith("remove-") for name in request.POST)


def _to(row: PolicyPack) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:channels_policypack_change", args=[row.pk]))


def _typed(request: HttpRequest) -> dict[str, Any] | None:
    """What was typed into the head when only a card was added or taken away."""
    if request.method != "POST":
        return None
    return {name: request.POST.get(name, "") for name in policy_forms.PackForm.base_fields}


def _cards(request: HttpRequest, row: PolicyPack, *, is_saving: bool) -> list[policy_forms.Card]:
    if request.method != "POST":
        return policy_forms.cards_of(row.rules)
    cards = policy_forms.cards_from(request.POST, to_save=is_saving)
    if "add" in request.POST:
        taken = [str(card.form.initial.get("code", "")) for card in cards]
        fresh = policy_forms.blank(request.POST.get("kind", ""), number=len(cards), taken=taken)
        cards += [fresh] if fresh else []
    return cards


def _switch(request: HttpRequest, row: PolicyPack) -> bool:
    """Whether it was switched on; a refusal is shown above the numbers, worked out anew."""
    present = request.POST.get("in_force", "")
    seen = Seen(request.POST.get("stamp", ""), int(present) if present.isdecimal() else None)
    try:
        switched = policy_packs.switch_on(row, by=request.user, seen=seen, why=request.POST.get("why", "")[:300])
    except ProductError as error:
        messages.error(request, str(error))
        return False
    sentence = ngettext(
        "It is in force, and %(n)d queued publication is held.",
        "It is in force, and %(n)d queued publications are held.",
        switched.held,
    )
    messages.success(request, sentence % {"n": switched.held})
    return True


def _undoing(request: HttpRequest, row: PolicyPack) -> asking.Question:
    former = row.succeeds
    sentence = (
        gettext("%(former)s is in force again, and what this version held may go out again.") % {"former": former}
        if former
        else gettext("It is out of force, and what it held may go out again.")
    )
    return _taking_off(
        request, row, title=_("Undo the switch"), sentence=sentence, button=_("Undo"), do=policy_packs.undo
    )


def _switching_off(request: HttpRequest, row: PolicyPack) -> asking.Question:
    sentence = gettext("None of its rules is asked any more, no version takes its place, and what it held may go out.")
    return _taking_off(
        request, row, title=_("Switch off"), sentence=sentence, button=_("Switch off"), do=policy_packs.switch_off
    )


def _taking_off(
    request: HttpRequest, row: PolicyPack, *, title: Any, sentence: str, button: Any, do: Callable[..., TakenBack]
) -> asking.Question:
    held = Publication.objects.filter(hold__pack=row, hold__lifted_at=None).count()
    count = ngettext("It holds %(n)d publication now.", "It holds %(n)d publications now.", held) % {"n": held}

    def carry_out(pack: PolicyPack, said: dict[str, Any]) -> None:
        freed = do(pack, by=request.user, why=said["why"]).freed
        told = ngettext("%(n)d publication is free again.", "%(n)d publications are free again.", freed)
        messages.info(request, told % {"n": freed})

    return asking.Question(
        title=title,
        sentence=f"{sentence} {count}",
        button=button,
        do=carry_out,
        tells=True,
        form=asking.MaybeWhyForm,
        is_danger=True,
    )


def _release(request: HttpRequest, row: PolicyPack) -> None:
    key = request.POST.get("publication", "")
    if not key:
        done = policy_holds.release_what_passes(row, by=request.user)
        told = gettext("%(freed)d released because they pass now, %(held)d still held.")
        messages.info(request, told % {"freed": done.freed, "held": done.still_held})
        return
    rows = policy_holds.held_by(row).filter(pk=int(key) if key.isdecimal() and len(key) < 19 else None)
    if policy_holds.release(asking.found(rows), by=request.user):
        messages.success(request, gettext("It passes now, and may go out at its time."))
