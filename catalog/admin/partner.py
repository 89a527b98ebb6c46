from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import TabularInline
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from catalog import ownership
from catalog.admin import frames, showing
from catalog.models import Drama, Edition, Partner, PartnerKey, PartnerMember
from catalog.services import partners
from config.kernel import clock
from config.kernel.admin.pages import Page
from config.kernel.errors import Invalid

ISSUE, REVOKE = "catalog.add_partnerkey", "catalog.change_partnerkey"


class MemberInline(TabularInline):
    model = PartnerMember
    autocomplete_fields = ("user",)
    extra = 0
    tab = True


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Which software will use it: “delivery script, Madrid”."),
    )
    can_write = forms.BooleanField(
        label=_("May write"), required=False, widget=UnfoldBooleanWidget, help_text=_("Without this it only reads.")
    )
    expires_at = forms.SplitDateTimeField(
        label=_("Expires at"), required=False, widget=UnfoldAdminSplitDateTimeWidget(), help_text=_("Empty: never.")
    )


@admin.register(Partner)
class PartnerPage(ownership.OwnRows, Page):
    list_display = ("name", "is_supplier", "is_vendor", "country", "drama_count", "edition_count", "key_count", "email")
    list_filter = ("is_supplier", "is_vendor", "country")
    search_fields = ("name", "email")
    fieldsets = (
        (None, {"fields": ("name", ("is_supplier", "is_vendor"))}),
        (_("Where they are"), {"fields": (("country", "time_zone"), "email")}),
    )
    inlines = (MemberInline,)
    actions_detail = ("issue_key",)
    change_form_outer_after_template = "catalog/admin/partner_keys.html"
    empty_hint = _("There are no partners yet. Add who supplies your dramas and who dubs or translates them.")

    class Media:
        css = {"all": ("catalog/catalog.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Partner]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                n_dramas=showing.counted(Drama.objects.all(), by="supplier"),
                n_editions=showing.counted(Edition.objects.all(), by="vendor"),
                n_keys=showing.counted(PartnerKey.objects.usable(clock.now()), by="partner"),
            )
        )

    def get_urls(self) -> list[Any]:
        revoking = path(
            "<int:partner_pk>/keys/<int:key_pk>/revoke/",
            self.admin_site.admin_view(require_POST(self.revoke_key)),
            name="catalog_partnerkey_revoke",
        )
        return [revoking, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        partner = self.get_object(request, object_id)
        keys = list(partner.keys.all()) if partner is not None else []
        context = {
            "partner": partner,
            "keys": [(key, _state(key)) for key in keys],
            "may_revoke": request.user.has_perm(REVOKE),
            "may_see_keys": request.user.has_perm("catalog.view_partnerkey"),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def has_issue_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(ISSUE))

    @action(description=_("Issue an API key"), url_path="issue-key", permissions=["issue"], icon="key")
    def issue_key(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        partner = frames.find(self, request, object_id)
        form = KeyForm(request.POST or None)
        secret = ""
        if request.method == "POST" and form.is_valid():
            try:
                _key, secret = partners.issue_key(partner, **form.cleaned_data, by=request.user)
            except Invalid as error:
                form.add_error(None, str(error))
        # Never stored by the browser: the admin's pages all say so.
        return frames.draw(
            self,
            request,
            "catalog/admin/issue_key.html",
            title=_t("Issue an API key for %(partner)s") % {"partner": partner},
            form=form,
            secret=secret,
            back=reverse("admin:catalog_partner_change", args=[partner.pk]),
        )

    def revoke_key(self, request: HttpRequest, partner_pk: int, key_pk: int) -> HttpResponse:
        frames.demand(request, REVOKE)
        key = get_object_or_404(PartnerKey, pk=key_pk, partner=partner_pk)
        if partners.revoke_key(key, by=request.user):
            messages.success(request, _t("The key %(key)s is revoked.") % {"key": key})
        else:
            messages.info(request, _t("The key %(key)s was revoked before.") % {"key": key})
        return HttpResponseRedirect(reverse("admin:catalog_partner_change", args=[partner_pk]))

    @admin.display(description=_("dramas"), ordering="n_dramas")
    def drama_count(self, row: Any) -> int:
        return row.n_dramas

    @admin.display(description=_("editions"), ordering="n_editions")
    def edition_count(self, row: Any) -> int:
        return row.n_editions

    @admin.display(description=_("usable keys"), ordering="n_keys")
    def key_count(self, row: Any) -> int:
        return row.n_keys


def _state(key: PartnerKey) -> str:
    if key.revoked_at is not None:
        return _t("revoked")
    if key.expires_at is not None and key.expires_at <= clock.now():
        return _t("expired")
    return ""
