from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from catalog.models.drama import Drama
from catalog.models.partner import Partner
from catalog.rules import version
from catalog.rules.words import EditionKind, Voice
from config.kernel import languages
from config.kernel.money import AmountField, CurrencyField


class EditionQuerySet(models.QuerySet["Edition"]):
    def releasable(self) -> EditionQuerySet:
        """Editions with a version whose required gates all passed."""
        return self.filter(versions__status=version.Status.RELEASABLE).distinct()

    def visible_to(self, partner: Partner) -> EditionQuerySet:
        """Those a supplier owns the drama of, and those a vendor made."""
        return self.filter(Q(drama__supplier=partner) | Q(vendor=partner))


class Edition(models.Model):
    """One localisation of a drama: a language, subtitled or dubbed, by a vendor, for a price."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    drama = models.ForeignKey(
        Drama,
        on_delete=models.PROTECT,
        related_name="editions",
        verbose_name=_("drama"),
    )
    language = models.CharField(_("language"), max_length=35, validators=[languages.validate_tag])
    kind = models.CharField(_("kind"), max_length=10, choices=EditionKind)
    voice = models.CharField(_("voice"), max_length=6, choices=Voice, default=Voice.NONE)
    vendor = models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="editions",
        limit_choices_to={"is_vendor": True},
        verbose_name=_("vendor"),
        help_text=_("Who made it and mends it. Empty for an original."),
    )
    title = models.CharField(_("localised title"), max_length=200)
    synopsis = models.TextField(_("localised synopsis"), blank=True)
    cost = AmountField(_("cost"), default=0)
    currency = CurrencyField(_("currency"), default="USD")
    synthetic_media = models.BooleanField(
        _("must be labelled as AI"),
        null=True,
        help_text=_(
            "Whether viewers must be told of realistic AI content. Nothing is uploaded before this is answered."
        ),
    )
    made_for_kids = models.BooleanField(
        _("made for kids"),
        null=True,
        help_text=_("Whether children are its audience. Nothing is uploaded before this is answered."),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = EditionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["drama", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["drama", "language", "kind", "voice"],
                name="edition_once_per_language_kind_voice",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="edition_has_a_title"),
            models.CheckConstraint(condition=Q(cost__gte=0), name="edition_cost_not_negative"),
            models.CheckConstraint(
                condition=Q(kind=EditionKind.DUBBED) ^ Q(voice=Voice.NONE),
                name="edition_voice_goes_with_dubbing",
                violation_error_message=_("A dubbed edition has a human or an AI voice; no other edition has one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drama.code} {self.language} {self.get_kind_display()}"

    @property
    def current(self) -> EditionVersion | None:
        """The newest releasable version; None while none has passed QC."""
        return self.versions.filter(status=version.Status.RELEASABLE).order_by("-number").first()


class EditionVersion(models.Model):
    """One delivery of an edition: the set of masters as the vendor handed them in. A fix is a new version."""

    MOVES = version.MOVES

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(
        Edition,
        on_delete=models.PROTECT,
        related_name="versions",
        verbose_name=_("edition"),
    )
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=12, choices=version.Status, default=version.Status.DRAFT)
    note = models.TextField(_("what changed"), blank=True)
    delivered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name=_("delivered by"),
    )
    delivered_at = models.DateTimeField(_("delivered at"))

    class Meta:
        verbose_name = _("edition version")
        verbose_name_plural = _("edition versions")
        ordering = ["edition", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="edition_version_number_once"),
            models.UniqueConstraint(
                fields=["edition"],
                condition=Q(status=version.Status.RELEASABLE),
                name="edition_one_releasable_version",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="edition_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.edition} v{self.number}"
