"""The pages on which a policy pack is written: its head, and a card for each rule with the fields of its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from channels.admin.fields import CountriesField, WordsField
from channels.models import PolicyPack
from channels.rules.policies import packs
from channels.rules.policies.kinds import KINDS, Kind
from channels.rules.policies.params import Param, Shape
from channels.rules.policies.words import Severity
from config.kernel import languages

MOST_CARDS = packs.MOST_RULES


class LinesField(WordsField):
    """A list shown and typed with one entry a line."""

    between = re.compile(r"\s*\n+\s*")
    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(one) for one in value) if isinstance(value, list | tuple) else value


class SourcesField(forms.CharField):
    """“https://… | what it is | 2026-11-21”, one source a line, kept as a list of mappings."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        lines = ([one.get("url", ""), one.get("title", ""), one.get("read_on", "")] for one in value)
        return "\n".join(" | ".join(parts).rstrip(" |") for parts in lines)

    def to_python(self, value: Any) -> list[dict[str, str]]:  # type: ignore[override]
        lines = [line.strip() for line in str(value or "").splitlines()]
        return [_source(line) for line in lines if line]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


def _source(line: str) -> dict[str, str]:
    url, title, read_on = [part.strip() for part in [*line.split("|"), "", ""][:3]]
    if not re.match(r"https?://\S+$", url):
        raise forms.ValidationError(
            _("“%(line)s” does not begin with an address, such as https://…"), params={"line": line[:80]}
        )
    if read_on:
        try:
            date.fromisoformat(read_on)
        except ValueError:
            raise forms.ValidationError(
                _("“%(day)s” is not a day, such as 2026-11-21."), params={"day": read_on[:40]}
            ) from None
    return {name: said for name, said in (("url", url), ("title", title), ("read_on", read_on)) if said}


class PackForm(forms.ModelForm):
    countries = CountriesField(
        label=_("Countries"), required=False, help_text=_("ID, SA: channels that show there. Empty: everywhere.")
    )
    languages = WordsField(
        label=_("Languages"), required=False, help_text=_("id, zh-Hans: channels that speak it. Empty: every language.")
    )
    sources = SourcesField(
        label=_("Sources"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Where it is written, one a line: address | what it is | day on which it was read."),
    )

    class Meta:
        model = PolicyPack
        fields = ("code", "name", "platform", "countries", "languages", "starts_on", "ends_on", "sources", "note")
        widgets = {
            "code": UnfoldAdminTextInputWidget(),
            "name": UnfoldAdminTextInputWidget(),
            "platform": UnfoldAdminSelectWidget(),
            "starts_on": UnfoldAdminSingleDateWidget(),
            "ends_on": UnfoldAdminSingleDateWidget(),
            "note": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        }
        help_texts = {"code": _("Small letters, digits and hyphens; the same for every version.")}

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        if self.instance.pk:
            del self.fields["code"]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if PolicyPack.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a pack with this code; make a new version of that one."))
        return code

    def clean_countries(self) -> list[str]:
        found: list[str] = self.cleaned_data["countries"]
        for country in found:
            languages.validate_territory(country)
        return found

    def clean_languages(self) -> list[str]:
        found: list[str] = self.cleaned_data["languages"]
        for tag in found:
            languages.validate_tag(tag)
        return found


# --- the cards


@dataclass
class Card:
    number: int
    kind: Kind
    form: forms.Form

    @property
    def label(self) -> Any:
        return self.kind.name.label

    @property
    def head(self) -> list[Any]:
        return [self.form[name] for name in ("code", "severity", "starts_on", "ends_on")]

    @property
    def body(self) -> list[Any]:
        return [*(self.form[param.name] for param in self.kind.params), self.form["why"]]


def cards_of(rules: Sequence[Mapping[str, Any]]) -> list[Card]:
    """The cards of rules as they are kept; one whose kind is not known any more is left out."""
    known = [rule for rule in rules if rule.get("kind") in KINDS]
    return [_card(number, KINDS[rule["kind"]], initial=dict(rule)) for number, rule in enumerate(known)]


def cards_from(said: QueryDict, *, to_save: bool) -> list[Card]:
    """The cards as they came back. Unless they are to be saved they are shown again as typed, without complaints."""
    found = []
    for number in range(min(_count(said), MOST_CARDS)):
        kind = KINDS.get(said.get(f"rule-{number}-kind", ""))
        if kind is None or f"remove-{number}" in said:
            continue
        if to_save:
            found.append(_card(number, kind, data=said))
        else:
            found.append(_card(len(found), kind, initial=_as_typed(number, kind, said)))
    return found


def blank(kind: str, *, number: int, taken: Sequence[str]) -> Card | None:
    """A new card of this kind with a name that no other has; None for a kind there is not."""
    if kind not in KINDS or number >= MOST_CARDS:
        return None
    name = next(one for one in (kind, *(f"{kind}_{n}" for n in range(2, MOST_CARDS + 2))) if one not in taken)
    defaults = {param.name: param.default for param in KINDS[kind].params if param.default is not None}
    return _card(number, KINDS[kind], initial={"code": name, "severity": Severity.HOLD, **defaults})


def rules_of(cards: Sequence[Card]) -> list[dict[str, Any]] | None:
    """The rules that the cards say; None when something does not fit, which then stands at its field."""
    wrong = [card for card in cards if not card.form.is_valid()]
    if wrong:
        return None
    rules = [_rule(card) for card in cards]
    faults = packs.faults(rules)
    for fault in faults:
        if cards:
            form = cards[fault.rule].form
            form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
    return None if faults else rules


def _count(said: QueryDict) -> int:
    count = said.get("cards", "")
    return int(count) if count.isdecimal() and len(count) < 4 else 0


def _card(number: int, kind: Kind, *, data: Any = None, initial: dict[str, Any] | None = None) -> Card:
    form = forms.Form(data, initial=initial, prefix=f"rule-{number}")
    form.fields |= _frame_fields()
    form.fields |= {param.name: _FIELDS[param.shape](param) for param in kind.params}
    return Card(number, kind, form)


def _as_typed(number: int, kind: Kind, said: QueryDict) -> dict[str, Any]:
    form = _card(number, kind, data=said).form
    return {
        name: field.widget.value_from_datadict(said, {}, form.add_prefix(name)) for name, field in form.fields.items()
    }


def _rule(card: Card) -> dict[str, Any]:
    said = card.form.cleaned_data
    told: dict[str, Any] = {"code": said["code"], "kind": card.kind.name.value, "severity": said["severity"]}
    for name in ("starts_on", "ends_on"):
        told[name] = said[name].isoformat() if said[name] else None
    told |= {"why": said["why"], **{param.name: said[param.name] for param in card.kind.params}}
    return {name: value for name, value in told.items() if value not in (None, "", [], False)}


def _frame_fields() -> dict[str, forms.Field]:
    return {
        "code": forms.CharField(label=_("name"), max_length=40, widget=UnfoldAdminTextInputWidget()),
        "severity": forms.ChoiceField(label=_("if it fails"), choices=_severities, widget=UnfoldAdminSelectWidget()),
        "starts_on": forms.DateField(label=_("only from"), required=False, widget=UnfoldAdminSingleDateWidget()),
        "ends_on": forms.DateField(label=_("only until"), required=False, widget=UnfoldAdminSingleDateWidget()),
        "why": forms.CharField(
            label=_("why"),
            required=False,
            max_length=300,
            widget=UnfoldAdminTextInputWidget(),
            help_text=_("Shown beside the rule."),
        ),
    }


def _severities() -> list[tuple[str, str]]:
    return [(Severity.HOLD.value, _t("it does not go out")), (Severity.WARN.value, _t("it is only noted"))]


def _whole(param: Param) -> forms.Field:
    return forms.IntegerField(
        label=param.label,
        required=False,
        min_value=param.least,
        max_value=param.most,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_if_empty(param),
    )


def _if_empty(param: Param) -> Any:
    if param.default is not None:
        return format_lazy(_("Empty: {number}."), number=param.default)
    return "" if param.needed else _("Empty: not asked.")


def _flag(param: Param) -> forms.Field:
    return forms.BooleanField(label=param.label, required=False, widget=UnfoldBooleanWidget(), help_text=param.help)


def _words(param: Param) -> forms.Field:
    widget = UnfoldAdminTextareaWidget(attrs={"rows": 6, "dir": "auto"})
    return LinesField(label=param.label, required=False, widget=widget, help_text=param.help)


def _choices(param: Param) -> forms.Field:
    return forms.MultipleChoiceField(
        label=param.label,
        required=False,
        choices=param.choices,
        help_text=param.help,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )


_FIELDS = {Shape.WHOLE: _whole, Shape.FLAG: _flag, Shape.WORDS: _words, Shape.CHOICES: _choices}
