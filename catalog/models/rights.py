from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from catalog.models.drama import Drama
from catalog.rules.words import ANY
from config.kernel import clock, languages


def validate_territories(values: Any) -> None:
    _each(values, languages.validate_territory)


def validate_tags(values: Any) -> None:
    _each(values, languages.validate_tag)


def validate_names(values: Any) -> None:
    _each(values, lambda value: None)


def _each(values: Any, validate: Any) -> None:
    if not isinstance(values, list) or not values or not all(isinstance(value, str) and value for value in values):
        raise ValidationError(_("A list with at least one entry is needed; [“*”] stands for all."))
    for value in values:
        if value != ANY:
            validate(value)


def everything() -> list[str]:
    return [ANY]


class RightsQuerySet(models.QuerySet["Rights"]):
    def open_at(self, moment: datetime) -> RightsQuerySet:
        return self.filter(opens_at__lte=moment).filter(Q(closes_at=None) | Q(closes_at__gt=moment))


class Rights(models.Model):
    """A window in which a drama may be shown: where, on which platforms, in which languages, from when to when."""

    drama = models.ForeignKey(Drama, on_delete=models.PROTECT, related_name="rights", verbose_name=_("drama"))
    territories = models.JSONField(
        _("countries"),
        default=everything,
        validators=[validate_territories],
        help_text=_("[“MX”, “ES”], or [“*”]."),
    )
    platforms = models.JSONField(
        _("platforms"),
        default=everything,
        validators=[validate_names],
        help_text=_("[“youtube”], or [“*”]."),
    )
    languages = models.JSONField(
        _("languages"),
        default=everything,
        validators=[validate_tags],
        help_text=_("[“es”, “es-419”], or [“*”]."),
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True, help_text=_("Empty: it never closes."))
    is_exclusive = models.BooleanField(_("exclusive"), default=False)
    source = models.CharField(_("contract"), max_length=200, blank=True)

    objects = RightsQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("rights window")
        verbose_name_plural = _("rights windows")
        ordering = ["drama", "opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="rights_close_after_they_open",
                violation_error_message=_("The window closes before it opens."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.drama.code}: {', '.join(self.territories)} / {', '.join(self.platforms)}"

    def clean(self) -> None:
        """A window that never is: it closes before it opens, or it is entered after it has closed.

        One that is there already may be closed at any time: contracts end early.
        """
        if self.closes_at is None or self.opens_at is None:
            return
        if self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("The window closes before it opens.")})
        if self._state.adding and self.closes_at <= clock.now():
            raise ValidationError({"closes_at": _("The window has closed already: nothing could be shown in it.")})
