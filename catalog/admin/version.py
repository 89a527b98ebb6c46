from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateTimeFilter

from catalog import ownership
from catalog.admin import filters, frames, showing
from catalog.models import EditionVersion, QCCheck
from catalog.rules import qc as rules
from catalog.services import qc
from config.kernel.admin import actions
from config.kernel.admin.pages import ReadOnlyPage, StatusHistory
from config.kernel.errors import ProductError

JUDGE = "catalog.change_qccheck"


@admin.register(EditionVersion)
class VersionPage(ownership.OwnRows, ReadOnlyPage):
    """Deliveries: what came, what the gates say, and the films themselves."""

    list_display = (
        "shown_edition",
        "shown_title",
        "number",
        "state",
        "gates",
        "master_count",
        "vendor",
        "delivered",
        "delivered_by",
    )
    list_select_related = ("edition__drama", "edition__vendor", "delivered_by")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        filters.OfEdition,
        ("edition__vendor", AutocompleteSelectFilter),
        ("edition__drama__tier", ChoicesDropdownFilter),
        ("delivered_at", RangeDateTimeFilter),
    )
    search_fields = ("edition__title", "edition__drama__code", "edition__drama__original_name", "note")
    search_help_text = _("Drama, title or note")
    ordering = ("-delivered_at",)
    fields = ("edition_page", "number", "state", "note", ("delivered_at", "delivered_by"))
    readonly_fields = ("edition_page", "number", "state", "note", "delivered_at", "delivered_by")
    inlines = (StatusHistory,)
    actions = ("judge_anew",)
    change_form_outer_before_template = "catalog/admin/version_checks.html"
    empty_hint = _("Nothing was delivered yet. Open an edition and choose “Deliver a new version”.")

    class Media:
        css = {"all": ("catalog/catalog.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[EditionVersion]:
        passed = Q(qc_checks__verdict=rules.Verdict.PASSED)
        return (
            super()
            .get_queryset(request)
            .annotate(
                n_masters=Count("masters", distinct=True),
                n_gates=Count("qc_checks", distinct=True),
                n_passed=Count("qc_checks", filter=passed, distinct=True),
            )
        )

    def get_urls(self) -> list[Any]:
        judging = path(
            "<int:version_pk>/judge/<int:check_pk>/",
            self.admin_site.admin_view(require_POST(self.judge)),
            name="catalog_qccheck_judge",
        )
        return [judging, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        version = self.get_object(request, object_id)
        context = {} if version is None else self._beside(request, version)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def _beside(self, request: HttpRequest, version: EditionVersion) -> dict[str, Any]:
        checks = list(version.qc_checks.select_related("judged_by").order_by("is_automatic", "-is_required", "gate"))
        masters = version.masters.select_related("episode", "carried_from__version").order_by("episode__number")
        return {
            "checks": [(check, showing.TONE[rules.Verdict(check.verdict)]) for check in checks],
            "masters": [(row, showing.length(row.duration_ms), showing.size(row.size_bytes)) for row in masters],
            "may_judge": request.user.has_perm(JUDGE) and version.status == "checking",
            "version": version,
        }

    def judge(self, request: HttpRequest, version_pk: int, check_pk: int) -> HttpResponse:
        """A person's verdict from the page's two buttons."""
        frames.demand(request, JUDGE)
        check = get_object_or_404(QCCheck, pk=check_pk, version=version_pk)
        try:
            qc.judge(
                check,
                verdict=request.POST.get("verdict", ""),
                evidence=request.POST.get("evidence", "").strip(),
                by=request.user,
            )
        except ProductError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _t("“%(check)s” is written down.") % {"check": check})
        return HttpResponseRedirect(reverse("admin:catalog_editionversion_change", args=[version_pk]))

    def has_judge_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(JUDGE))

    @admin.action(description=_("Judge anew what failed QC"), permissions=["judge"])
    def judge_anew(self, request: HttpRequest, rows: QuerySet[EditionVersion]) -> None:
        actions.carry_out(request, rows, lambda row: qc.reopen(row, by=request.user))

    @admin.display(description=_("edition"), ordering="edition__drama__code")
    def shown_edition(self, row: EditionVersion) -> str:
        return f"{row.edition.drama.code} {showing.language(row.edition.language)}"

    @admin.display(description=_("edition"))
    def edition_page(self, row: EditionVersion) -> str:
        return showing.page(row.edition, f"{row.edition} – {row.edition.title}")

    @admin.display(description=_("localised title"), ordering="edition__title")
    def shown_title(self, row: EditionVersion) -> str:
        return showing.text(row.edition.title)

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: EditionVersion) -> str:
        return showing.badge(row.get_status_display(), showing.VERSION[row.status])

    @admin.display(description=_("gates passed"))
    def gates(self, row: Any) -> str:
        return f"{row.n_passed} / {row.n_gates}"

    @admin.display(description=_("masters"), ordering="n_masters")
    def master_count(self, row: Any) -> int:
        return row.n_masters

    @admin.display(description=_("delivered at"), ordering="delivered_at")
    def delivered(self, row: EditionVersion) -> str:
        return showing.moment(row.delivered_at)

    @admin.display(description=_("vendor"), ordering="edition__vendor__name")
    def vendor(self, row: EditionVersion) -> str:
        return str(row.edition.vendor or "–")


@admin.register(QCCheck)
class CheckPage(ownership.OwnRows, ReadOnlyPage):
    list_display = ("version_page", "gate", "state", "is_required", "shown_evidence", "judged_by", "judged")
    list_select_related = ("version__edition__drama", "judged_by")
    list_filter = (
        ("verdict", ChoicesDropdownFilter),
        ("gate", ChoicesDropdownFilter),
        "is_required",
        "is_automatic",
        ("version__edition__vendor", AutocompleteSelectFilter),
    )
    search_fields = ("version__edition__drama__code", "version__edition__title", "evidence")
    ordering = ("-pk",)
    list_display_links = ("gate",)
    empty_hint = _("No gate was opened yet: that happens with the first delivery of an edition.")

    @admin.display(description=_("edition version"))
    def version_page(self, row: QCCheck) -> str:
        return showing.page(row.version)

    @admin.display(description=_("verdict"), ordering="verdict")
    def state(self, row: QCCheck) -> str:
        return showing.badge(row.get_verdict_display(), showing.VERDICT[row.verdict])

    @admin.display(description=_("judged at"), ordering="judged_at")
    def judged(self, row: QCCheck) -> str:
        return showing.moment(row.judged_at)

    @admin.display(description=_("evidence"))
    def shown_evidence(self, row: QCCheck) -> str:
        return row.evidence if len(row.evidence) <= 120 else f"{row.evidence[:120]}…"
