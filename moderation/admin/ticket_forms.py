"""What a person fills in on a ticket: a reason, a note, a delivery."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files import File
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

OTHERS = 2


class SureForm(forms.Form):
    """Nothing to fill in: only whether it is meant."""


class ReasonForm(forms.Form):
    why = forms.CharField(
        label=_("Why this is no defect"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("The desk reads it; it stays with the ticket."),
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"), max_length=4000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "dir": "auto"})
    )


class DeliveryForm(forms.Form):
    """A file for each episode that the ticket names, a few free places for more, and a note."""

    note = forms.CharField(
        label=_("What was changed"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *given: Any, episode: int | None, also: list[int], **options: Any) -> None:
        super().__init__(*given, **options)
        self.named = sorted({*also, *([episode] if episode else [])})
        for number in self.named:
            self.fields[f"episode_{number}"] = forms.FileField(
                label=_t("Episode %(number)d") % {"number": number},
                required=number == episode,
                widget=UnfoldAdminFileFieldWidget(attrs={"accept": "video/*"}),
                help_text="" if number == episode else _("Named in the complaints; leave empty if it is well."),
            )
        for place in range(1, OTHERS + 1):
            self.fields[f"number_{place}"] = forms.IntegerField(
                label=_("Number of another episode"),
                required=False,
                min_value=1,
                widget=UnfoldAdminIntegerFieldWidget(),
            )
            self.fields[f"file_{place}"] = forms.FileField(
                label=_("Its file"), required=False, widget=UnfoldAdminFileFieldWidget(attrs={"accept": "video/*"})
            )
        self.order_fields([name for name in self.fields if name != "note"] + ["note"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        files: dict[int, File[bytes]] = {
            number: given[f"episode_{number}"] for number in self.named if given.get(f"episode_{number}")
        }
        for place in range(1, OTHERS + 1):
            self._add_other(files, given, place)
        if not files and not self.errors:
            raise forms.ValidationError(_("A delivery needs at least one file."))
        given["files"] = files
        return given

    def _add_other(self, files: dict[int, File[bytes]], given: dict[str, Any], place: int) -> None:
        number, file = given.get(f"number_{place}"), given.get(f"file_{place}")
        if bool(number) != bool(file):
            missing = f"file_{place}" if number else f"number_{place}"
            self.add_error(missing, _("An episode needs its number and its file."))
        elif number in files:
            self.add_error(f"number_{place}", _("This episode has a file already."))
        elif number and file:
            files[number] = file
