from __future__ import annotations

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from catalog.models.partner import Partner
from catalog.rules.words import AgeRating, Origin, Tier
from config.kernel.languages import validate_tag

CODE = RegexValidator(
    r"^[A-Z0-9][A-Z0-9-]{1,30}$",
    _("A code has capital letters, digits and hyphens: DR-0001."),
)


class Genre(models.Model):
    """What kind of story it is: revenge, romance, werewolf. Channels pick dramas by genre."""

    slug = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("genre")
        verbose_name_plural = _("genres")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class DramaQuerySet(models.QuerySet["Drama"]):
    def active(self) -> DramaQuerySet:
        return self.filter(retired_at=None)


class Drama(models.Model):
    """A title: one story told in many short episodes, in as many localisations as it has editions."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(
        _("code"),
        max_length=31,
        unique=True,
        validators=[CODE],
        help_text=_("Yours, and the same in every file."),
    )
    original_name = models.CharField(_("original name"), max_length=200)
    original_language = models.CharField(_("original language"), max_length=35, validators=[validate_tag])
    genres = models.ManyToManyField(Genre, related_name="dramas", verbose_name=_("genres"))
    tier = models.CharField(
        _("tier"),
        max_length=1,
        choices=Tier,
        help_text=_("Commercial level; S is the highest."),
    )
    age_rating = models.PositiveSmallIntegerField(_("age rating"), choices=AgeRating)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin)
    supplier = models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        related_name="dramas",
        limit_choices_to={"is_supplier": True},
        verbose_name=_("supplier"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    retired_at = models.DateTimeField(
        _("retired at"),
        null=True,
        blank=True,
        help_text=_("Set to keep it out of new plans; its history stays."),
    )

    objects = DramaQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("drama")
        verbose_name_plural = _("dramas")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(original_name=""), name="drama_has_a_name"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="drama_tier_known"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="drama_origin_known"),
            models.CheckConstraint(
                condition=Q(age_rating__in=AgeRating.values),
                name="drama_age_rating_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.original_name}"


class Episode(models.Model):
    """Episode n of a drama, whatever the language."""

    drama = models.ForeignKey(
        Drama,
        on_delete=models.CASCADE,
        related_name="episodes",
        verbose_name=_("drama"),
    )
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("episode")
        verbose_name_plural = _("episodes")
        ordering = ["drama", "number"]
        constraints = [
            models.UniqueConstraint(fields=["drama", "number"], name="episode_number_once_per_drama"),
            models.CheckConstraint(condition=Q(number__gte=1), name="episode_number_from_one"),
        ]

    def __str__(self) -> str:
        return _("%(drama)s, episode %(number)d") % {
            "drama": self.drama.code,
            "number": self.number,
        }
