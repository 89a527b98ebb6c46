from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from catalog import ownership
from channels.admin import asking, filters, showing
from channels.models import Hold
from channels.rules.hold import Scope
from channels.services import holding
from config.kernel.admin.pages import ReadOnlyPage, admin, link
from config.kernel.errors import ProductError

RIGHT = "channels.pause_everything"


@admin.register(Hold)
class HoldAdmin(ownership.OwnRows, ReadOnlyPage):
    """What is kept from going out, since when and why, and what was; nothing is typed here."""

    empty_hint = _("Nothing was ever held. The buttons above hold everything or a platform with one click.")
    list_display = ("name", "state", "why", "held", "began", "ended")
    list_filter = (
        ("scope", ChoicesDropdownFilter),
        ("platform", ChoicesDropdownFilter),
        ("since", filters.MomentsFilter),
    )
    list_select_related = ("by", "lifted_by", "pack")
    search_fields = ("why",)
    actions_detail = ("lift",)
    fields = ("name", "state", "why", "pack", "held", "by_themselves", "began", "ended")
    readonly_fields = fields

    class Media:
        css = {"all": ("channels/channels.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        rows: QuerySet[Hold] = super().get_queryset(request)
        return rows.annotate(item_count=Count("items"))

    def get_urls(self) -> list[Any]:
        own = path("pause/", self.admin_site.admin_view(self.pause_view), name="channels_hold_pause")
        return [own, *super().get_urls()]

    def has_lift_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(RIGHT)

    @display(description=_("what"), ordering="scope")
    def name(self, row: Hold) -> str:
        return row.what[:1].upper() + row.what[1:]

    @display(description=_("state"), ordering="lifted_at")
    def state(self, row: Hold) -> SafeString:
        return showing.badge(gettext("held"), "warning") if row.is_in_force else showing.badge(gettext("lifted"))

    @display(description=_("publications held"))
    def held(self, row: Hold) -> SafeString | str:
        if row.scope != Scope.ITEMS:
            return gettext("all of them") if row.is_in_force else "–"
        count = int(getattr(row, "item_count", 0))
        return link(f"{reverse('admin:channels_publication_changelist')}?hold__id__exact={row.pk}", str(count))

    @display(description=_("go live by themselves"))
    def by_themselves(self, row: Hold) -> str:
        if not row.is_in_force:
            return "–"
        count = holding.going_live_by_themselves(row)
        if not count:
            return gettext("none")
        return gettext("%(n)d, which the platform has already; take them down if they must not be seen.") % {"n": count}

    @display(description=_("since"), ordering="since")
    def began(self, row: Hold) -> str:
        return f"{showing.at_utc(row.since)} · {row.by or '–'}"

    @display(description=_("until"), ordering="lifted_at")
    def ended(self, row: Hold) -> str:
        return f"{showing.at_utc(row.lifted_at)} · {row.lifted_by or '–'}" if row.lifted_at else "–"

    def pause_view(self, request: HttpRequest) -> HttpResponse:
        """One click: a POST with what is to be held; the reason may be left out."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        asking.demand(request, RIGHT)
        what = request.POST.get("what", "")
        scope = what if what == Scope.EVERYTHING else Scope.PLATFORM
        try:
            row = holding.hold(
                scope,
                platform="" if scope == Scope.EVERYTHING else what,
                why=request.POST.get("why", "")[:300] or gettext("held with one click, no reason given"),
                by=request.user,
            )
            messages.warning(request, _said(row))
        except ProductError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(_back(request))

    @action(description=_("Lift…"), url_path="lift", permissions=["lift"], icon="play_arrow")
    def lift(self, request: HttpRequest, object_id: int) -> HttpResponse:
        asking.demand(request, RIGHT)
        row = asking.find(self, request, object_id)
        back = reverse("admin:channels_hold_changelist")
        return asking.of_one(self, request, row, _lifting(request), back=back)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        is_held = Hold.objects.in_force().filter(pk=object_id).exists()
        return super().get_actions_detail(request, object_id) if is_held else []


def _said(row: Hold) -> str:
    name = row.what[:1].upper() + row.what[1:]
    return gettext("%(what)s: nothing more goes out. Uploads under way stop at their next part.") % {"what": name}


def _back(request: HttpRequest) -> str:
    asked = request.POST.get("back", "")
    here = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if here else reverse("admin:index")


def _lifting(request: HttpRequest) -> asking.Question:
    return asking.Question(
        title=_("Lift the hold"),
        sentence=_(
            "Uploads go on where they stopped. Of what is overdue at most one publication of each channel goes out at "
            "once: the next of its run, if it is still in time. The rest goes back to planning, and a change proposes "
            "later posting times for it, in order."
        ),
        button=_("Lift the hold"),
        do=lambda row, said: _lift(request, row),
        tells=True,
    )


def _lift(request: HttpRequest, row: Hold) -> bool:
    if not row.is_in_force:
        return False
    count = holding.lift(row, by=request.user)
    messages.info(request, gettext("Publications that had waited for this: %(n)d.") % {"n": count})
    return True
