from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from catalog.models import Genre
from catalog.rules.words import AgeRating, Origin, Tier
from channels.models.api_client import ApiClient
from channels.rules import channel, slots
from channels.rules.words import PlatformName
from config.kernel import languages
from config.kernel.zones import validate_zone

MOST_GAP_HOURS = 31 * 24
LEAST_LATE_MINUTES = 5


def validate_countries(values: Any) -> None:
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise ValidationError(_("At least one country is needed: [“MX”]."))
    for value in values:
        languages.validate_territory(value)
    _refuse_repeats(values)


def validate_tiers(values: Any) -> None:
    if not isinstance(values, list) or not values or not all(value in Tier.values for value in values):
        raise ValidationError(_("A list of tiers is needed: [“S”, “A”, “B”, “C”]."))


def validate_weekdays(values: Any) -> None:
    if not isinstance(values, list) or not all(type(value) is int and 0 <= value < 7 for value in values):
        raise ValidationError(_("A list of weekdays is needed, from 0 (Monday) to 6 (Sunday)."))
    if not values:
        raise ValidationError(_("At least one weekday is needed. A rule without one never comes."))
    _refuse_repeats(values)


def validate_times(values: Any) -> None:
    if not isinstance(values, list) or not values:
        raise ValidationError(_("At least one time is needed: [“18:30”]. A rule without one never comes."))
    for value in values:
        if slots.read_time(value) is None:
            raise ValidationError(
                _("“%(value)s” is not a time of day, such as 18:30."),
                params={"value": value},
            )
    _refuse_repeats(values)


def _refuse_repeats(values: list[Any]) -> None:
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise ValidationError(_("“%(value)s” is there twice."), params={"value": twice})


def all_tiers() -> list[str]:
    return list(Tier.values)


def every_day() -> list[int]:
    return list(range(7))


def validate_hours(values: Any) -> None:
    if not isinstance(values, list) or not all(type(value) is int and 0 <= value < 24 for value in values):
        raise ValidationError(_("A list of whole hours is needed, from 0 to 23: [18, 19, 20, 21]."))
    _refuse_repeats(values)


def validate_tags(values: Any) -> None:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValidationError(_("A list of language tags is needed: [“es-419”]."))
    for value in values:
        languages.validate_tag(value)
    _refuse_repeats(values)


def _is_other_script(tag: Any, language: str) -> bool:
    known = isinstance(tag, str) and languages.is_valid(tag) and languages.is_valid(language)
    return known and languages.differs_in_script_alone(tag, language)


class ChannelQuerySet(models.QuerySet["Channel"]):
    def active(self) -> ChannelQuerySet:
        return self.filter(status=channel.Status.ACTIVE)

    def watched(self) -> ChannelQuerySet:
        """Those whose comments are read: all that are connected, paused ones too."""
        return self.filter(
            status__in=[
                channel.Status.ACTIVE,
                channel.Status.PAUSED,
                channel.Status.STOPPED,
            ]
        )


class Channel(models.Model):
    """One account on one platform: what it shows, to whom, at which hours, and whether it is well."""

    MOVES = channel.MOVES

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    platform = models.CharField(_("platform"), max_length=10, choices=PlatformName)
    name = models.CharField(_("name"), max_length=100, unique=True)
    handle = models.CharField(_("handle"), max_length=100, blank=True)
    external_id = models.CharField(_("account id at the platform"), max_length=100, blank=True)
    api_client = models.ForeignKey(
        ApiClient,
        on_delete=models.PROTECT,
        related_name="channels",
        verbose_name=_("API client"),
    )
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=channel.Status,
        default=channel.Status.PAUSED,
    )
    status_reason = models.CharField(_("why"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=35, validators=[languages.validate_tag])
    also_takes = models.JSONField(
        _("also takes"),
        default=list,
        blank=True,
        validators=[validate_tags],
        help_text=_("Other languages whose editions it shows: [“es-419”]. A regional variant is taken only if named."),
    )
    countries = models.JSONField(_("countries"), default=list, validators=[validate_countries])
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[validate_zone])
    genres = models.ManyToManyField(
        Genre,
        related_name="channels",
        blank=True,
        verbose_name=_("niche"),
        help_text=_("Empty: it takes every genre."),
    )
    tiers = models.JSONField(_("tiers it takes"), default=all_tiers, validators=[validate_tiers])
    most_age_rating = models.PositiveSmallIntegerField(
        _("highest age rating"), choices=AgeRating, default=AgeRating.EIGHTEEN
    )
    takes_ai = models.BooleanField(_("takes AI-generated dramas"), default=True)
    audience = models.CharField(
        _("audience"),
        max_length=100,
        blank=True,
        help_text=_("Age bands, in your own words."),
    )
    followers = models.PositiveIntegerField(_("followers"), null=True, blank=True)
    best_hours = models.JSONField(
        _("best hours"),
        default=list,
        blank=True,
        validators=[validate_hours],
        help_text=_("Hours of the channel's day in which its audience watches most: [18, 19, 20]. Empty: not known."),
    )
    daily_cap = models.PositiveSmallIntegerField(
        _("most uploads a day"),
        default=10,
        validators=[MinValueValidator(1, _("A cap of 0 posts nothing; pause it instead."))],
    )
    drama_gap_hours = models.PositiveSmallIntegerField(
        _("hours between clips of one drama"),
        default=4,
        help_text=_("0: they may follow at once."),
    )
    late_minutes = models.PositiveIntegerField(
        _("may go out late by (minutes)"),
        default=180,
        help_text=_("Later than this it is not sent but planned anew."),
    )
    can_upload_long = models.BooleanField(
        _("may upload long clips"),
        null=True,
        editable=False,
        help_text=_("As the platform says when the account is connected. Empty: it does not say."),
    )
    posts_from = models.DateTimeField(_("connected at"), null=True, blank=True, editable=False)

    objects = ChannelQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "external_id"],
                condition=~Q(external_id=""),
                name="channel_once_per_account",
            ),
            models.CheckConstraint(condition=Q(daily_cap__gte=1), name="channel_cap_not_zero"),
        ]
        permissions = [
            ("pause_channel", _("Can pause and resume channels")),
            ("connect_channel", _("Can connect accounts")),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Rules that can be written down but under which nothing would ever go out."""
        faults = {}
        if self.drama_gap_hours is not None and self.drama_gap_hours > MOST_GAP_HOURS:
            faults["drama_gap_hours"] = ValidationError(
                _("With %(hours)d hours between its clips a drama never gets on; at most %(most)d (31 days)."),
                params={"hours": self.drama_gap_hours, "most": MOST_GAP_HOURS},
            )
        if self.late_minutes is not None and self.late_minutes < LEAST_LATE_MINUTES:
            faults["late_minutes"] = ValidationError(
                _("A clip that may not be %(least)d minutes late would be too late for its own upload."),
                params={"least": LEAST_LATE_MINUTES},
            )
        if self.language in (self.also_takes or ()):
            faults["also_takes"] = ValidationError(
                _("“%(language)s” is the channel's own language."), params={"language": self.language}
            )
        script = next((tag for tag in self.also_takes or () if _is_other_script(tag, self.language)), None)
        if script:
            faults["also_takes"] = ValidationError(
                _("“%(tag)s” is the channel's language in another script, which its audience cannot read."),
                params={"tag": script},
            )
        if faults:
            raise ValidationError(faults)

    @property
    def is_active(self) -> bool:
        return self.status == channel.Status.ACTIVE

    @property
    def allowed_origins(self) -> list[str]:
        return [origin for origin in Origin.values if self.takes_ai or origin != Origin.AI]


class PostingRule(models.Model):
    """When a channel posts: on which weekdays at which local times. Each of those times is a slot."""

    channel = models.ForeignKey(
        Channel,
        on_delete=models.CASCADE,
        related_name="rules",
        verbose_name=_("channel"),
    )
    weekdays = models.JSONField(
        _("weekdays"),
        default=every_day,
        validators=[validate_weekdays],
        help_text=_("0 is Monday, 6 is Sunday."),
    )
    times = models.JSONField(
        _("times"),
        default=list,
        validators=[validate_times],
        help_text=_("Local times of the channel: [“12:00”, “18:30”]."),
    )
    is_on = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("posting rule")
        verbose_name_plural = _("posting rules")

    def __str__(self) -> str:
        return ", ".join(str(value) for value in self.times)
