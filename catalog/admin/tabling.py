"""“Import” and “Export” on a list: upload, look at what would happen, then confirm."""

from __future__ import annotations

import io
import uuid
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanWidget

from catalog.admin import frames
from catalog.errors import ImportRefused
from catalog.rules import tables
from catalog.services import exporting, files, importing

SALT = "catalog.import"
CONFIRM_WITHIN_SECONDS = 3600
SHOWN = 200
CONTENT_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.xlsx"}),
        help_text=_("CSV in UTF-8, or XLSX with one sheet. The first row names the columns."),
    )


class ConfirmForm(forms.Form):
    token = forms.CharField(widget=forms.HiddenInput)
    skip_refused = forms.BooleanField(
        label=_("Save the good rows although others are refused"), required=False, widget=UnfoldBooleanWidget
    )


class Tabled:
    """Mixed into a page whose noun comes and goes as a table: `table` is the kind that its export writes."""

    table = ""
    actions_list = [
        "import_table",
        {"title": _("Export"), "icon": "download", "items": ["export_csv", "export_xlsx"]},
    ]

    @action(description=_("Import"), url_path="import-table", permissions=["add"], icon="upload")
    def import_table(self, request: HttpRequest) -> HttpResponse:
        if "token" in request.POST:
            return _confirm(self, request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            return _rehearse(self, request, form)
        return _ask(self, request, form)

    @action(description=_("as CSV"), url_path="export-csv", permissions=["view"])
    def export_csv(self, request: HttpRequest) -> HttpResponse:
        return _export(self.table, ".csv")

    @action(description=_("as Excel (XLSX)"), url_path="export-xlsx", permissions=["view"])
    def export_xlsx(self, request: HttpRequest) -> HttpResponse:
        return _export(self.table, ".xlsx")


def _ask(page: Any, request: HttpRequest, form: forms.Form) -> HttpResponse:
    kinds = [
        (kind.name, [(column.name, column.is_needed) for column in kind.columns]) for kind in tables.KINDS.values()
    ]
    return frames.draw(
        page, request, "catalog/admin/import.html", title=_("Import a table"), form=form, kinds=kinds, back=_list(page)
    )


def _rehearse(page: Any, request: HttpRequest, form: forms.Form) -> HttpResponse:
    """The dry run. The file waits in the storage for the confirmation, under a name of our own."""
    upload = form.cleaned_data["file"]
    try:
        report = importing.run(upload)
    except ImportRefused as error:
        form.add_error("file", str(error))
        return _ask(page, request, form)
    _demand(request, report.kind)
    ending = PurePath(upload.name).suffix.lower()
    key = files.publish(upload, key=f"{importing.WAITING_ROOM}/{uuid.uuid4().hex}{ending}")
    token = signing.dumps({"key": key, "user": request.user.pk, "name": upload.name}, salt=SALT)
    return _report(page, request, report, form=ConfirmForm(initial={"token": token}), name=upload.name)


def _confirm(page: Any, request: HttpRequest) -> HttpResponse:
    form = ConfirmForm(request.POST)
    waiting = _waiting(request, request.POST["token"])
    if waiting is None or not form.is_valid():
        messages.error(request, _t("The upload waited for too long or is not yours. Upload the file again."))
        return HttpResponseRedirect(request.path)
    try:
        with default_storage.open(waiting["key"]) as stream:
            _demand(request, importing.run(stream).kind)
            stream.seek(0)
            report = importing.run(stream, apply=True, skip_refused=form.cleaned_data["skip_refused"], by=request.user)
    except ImportRefused as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(request.path)
    if not report.is_saved:
        messages.error(request, _t("Nothing was saved: rows are refused."))
        return _report(page, request, report, form=form, name=waiting["name"])
    files.discard(waiting["key"])
    messages.success(request, report.summary)
    return HttpResponseRedirect(_list(page))


def _waiting(request: HttpRequest, token: str) -> dict[str, Any] | None:
    """What the token says, if it is this person's, fresh, and its file still waits."""
    try:
        said = signing.loads(token, salt=SALT, max_age=CONFIRM_WITHIN_SECONDS)
    except signing.BadSignature:
        return None
    return said if said["user"] == request.user.pk and default_storage.exists(said["key"]) else None


def _report(page: Any, request: HttpRequest, report: importing.Report, *, form: forms.Form, name: str) -> HttpResponse:
    order = [importing.Result.REFUSED, importing.Result.CHANGED, importing.Result.CREATED]
    worth = [one for result in order for one in report.of(result)]
    return frames.draw(
        page,
        request,
        "catalog/admin/import_report.html",
        title=_("What the import would do"),
        form=form,
        name=name,
        report=report,
        counts=[(result, report.count(result)) for result in importing.Result],
        rows=worth[:SHOWN],
        more=max(0, len(worth) - SHOWN),
        refused=report.count(importing.Result.REFUSED),
        to_do=report.count(importing.Result.CREATED) + report.count(importing.Result.CHANGED),
        back=request.path,
    )


def _demand(request: HttpRequest, kind: str) -> None:
    model = tables.KINDS[kind].model
    frames.demand(request, f"catalog.add_{model}", f"catalog.change_{model}")


def _export(kind: str, ending: str) -> HttpResponse:
    stream = io.BytesIO()
    exporting.stream(kind, ending=ending, to=stream)
    name = f'attachment; filename="{kind}{ending}"'
    return HttpResponse(stream.getvalue(), content_type=CONTENT_TYPES[ending], headers={"Content-Disposition": name})


def _list(page: Any) -> str:
    return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
