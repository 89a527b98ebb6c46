from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from catalog.models import Clip
from channels.models.channel import Channel
from channels.models.hold import Hold
from channels.models.plan import Plan, Run
from channels.rules import extra, publication, upload
from channels.rules.words import Stage
from config.kernel.leases import Leased, LeasedQuerySet

Status = publication.Status
_FREE_OF_HOLDS = Q(hold=None) & ~Exists(Hold.objects.of_platform(OuterRef("channel__platform")))


class PublicationQuerySet(LeasedQuerySet):
    def due(self, now: datetime) -> PublicationQuerySet:
        """Approved, its upload time has come, no worker has it and no hold keeps it back."""
        return self.filter(status=Status.APPROVED, upload_at__lte=now).free(now).not_held()

    def unfinished(self, now: datetime) -> PublicationQuerySet:
        """Uploads that their worker left behind, or whose pause is over.

        Of what a hold keeps back only those whose last bytes may have arrived: they are asked about, nothing is sent.
        """
        sent = Q(sessions__status__in=upload.LIVE, sessions__final_sent_at__isnull=False)
        in_doubt = Q(sessions__status=upload.Status.UNKNOWN)
        may_be_there = Exists(self.model._default_manager.filter(sent | in_doubt, pk=OuterRef("pk")))
        return self.filter(status=Status.UPLOADING).free(now).filter(_FREE_OF_HOLDS | may_be_there)

    def not_held(self) -> PublicationQuerySet:
        """Neither held themselves nor by a hold on their platform or on everything."""
        return self.filter(_FREE_OF_HOLDS)

    def to_look_at(self, now: datetime) -> PublicationQuerySet:
        """Accepted or live, and the time of the next look has come."""
        return self.filter(status__in=publication.ON_PLATFORM, next_look_at__lte=now)

    def live(self) -> PublicationQuerySet:
        return self.filter(status=Status.PUBLISHED)

    def of_clips(self, clips: models.QuerySet[Clip]) -> PublicationQuerySet:
        return self.filter(clip__in=clips)


class Publication(Leased):
    """One clip on one channel at one time: planned, approved, uploaded, live, taken down or replaced."""

    MOVES = publication.MOVES

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey(
        Channel,
        on_delete=models.PROTECT,
        related_name="publications",
        verbose_name=_("channel"),
    )
    clip = models.ForeignKey(
        Clip,
        on_delete=models.PROTECT,
        related_name="publications",
        verbose_name=_("clip"),
    )
    run = models.ForeignKey(
        Run,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="publications",
        verbose_name=_("run"),
    )
    plan = models.ForeignKey(
        Plan,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="publications",
        verbose_name=_("plan"),
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PROPOSED)
    status_reason = models.CharField(_("why"), max_length=500, blank=True)
    due_at = models.DateTimeField(_("goes live at"))
    upload_at = models.DateTimeField(
        _("upload starts at"),
        help_text=_("Ahead of the time where the platform can hold it back; else at the time."),
    )
    reasons = models.JSONField(_("why here"), default=list)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    hold = models.ForeignKey(
        Hold,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="items",
        verbose_name=_("held by"),
        help_text=_("While it is held it does not go out; approval and time stay as they are."),
    )
    wanted_extras = models.JSONField(
        _("planned follow-ups"),
        null=True,
        blank=True,
        help_text=_("What the plan's quota has room for after the upload. Empty: whatever the platform offers."),
    )

    title = models.CharField(_("title"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    made_for_kids = models.BooleanField(_("made for kids"), null=True)
    synthetic_media = models.BooleanField(_("labelled as AI"), null=True)

    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    external_id = models.CharField(_("id at the platform"), max_length=100, blank=True, db_index=True)
    url = models.URLField(_("page at the platform"), blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    published_at = models.DateTimeField(_("live since"), null=True, blank=True)
    ended_at = models.DateTimeField(_("taken down at"), null=True, blank=True)
    next_look_at = models.DateTimeField(_("next look at"), null=True, blank=True, editable=False)
    replaces = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )

    objects = PublicationQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=[
            "lease_token",
            "lease_until",
            "attempts",
            "next_try_at",
            "next_look_at",
        ]
    )

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-due_at", "channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "clip"],
                condition=~Q(status=Status.CANCELLED),
                name="publication_clip_once_per_channel",
            ),
            models.UniqueConstraint(
                fields=["channel", "due_at"],
                condition=Q(status__in=sorted(publication.SLOT_TAKEN)) & Q(replaces=None),
                name="publication_one_per_slot",
            ),
            models.UniqueConstraint(
                fields=["channel", "external_id"],
                condition=~Q(external_id=""),
                name="publication_external_id_once",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLISHED) | ~Q(external_id=""),
                name="publication_live_has_an_id",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.PROPOSED, Status.CANCELLED]) | Q(approved_at__isnull=False),
                name="publication_goes_nowhere_unapproved",
            ),
        ]
        indexes = [
            models.Index(
                fields=["upload_at"],
                condition=Q(status=Status.APPROVED),
                name="publication_due",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(status=Status.UPLOADING),
                name="publication_unfinished",
            ),
            models.Index(
                fields=["next_look_at"],
                condition=Q(status__in=sorted(publication.ON_PLATFORM)),
                name="publication_look",
            ),
            models.Index(fields=["channel", "due_at"], name="publication_channel_due"),
        ]
        permissions = [
            ("withdraw_publication", _("Can take publications down")),
            ("settle_publication", _("Can settle publications that need a person")),
        ]

    def __str__(self) -> str:
        return f"{self.clip} → {self.channel}"

    @property
    def marker(self) -> str:
        """The token by which we recognise our upload at the platform."""
        return f"dp{self.uuid.hex[:12]}"


class Preflight(models.Model):
    """One examination of a publication, when it was planned or before it was uploaded: how each rule came out."""

    publication = models.ForeignKey(
        Publication,
        on_delete=models.CASCADE,
        related_name="preflight",
        verbose_name=_("publication"),
    )
    stage = models.CharField(_("checked"), max_length=8, choices=Stage)
    at = models.DateTimeField(_("at"))
    passed = models.BooleanField(_("passed"))
    outcomes = models.JSONField(
        _("rules"), default=list, help_text=_("Of each rule: its name, whether it passed, the evidence, and its pack.")
    )

    class Meta:
        verbose_name = _("pre-flight check")
        verbose_name_plural = _("pre-flight checks")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.at:%Y-%m-%d %H:%M}"

    def refused(self) -> list[str]:
        """The names of the rules that did not pass."""
        return [one["rule"] for one in self.outcomes if not one["passed"]]


class Extra(Leased):
    """Something to be done after an upload was accepted; nothing here can repeat the upload."""

    MOVES = extra.MOVES

    publication = models.ForeignKey(
        Publication,
        on_delete=models.CASCADE,
        related_name="extras",
        verbose_name=_("publication"),
    )
    kind = models.CharField(_("what"), max_length=12, choices=extra.Kind)
    status = models.CharField(_("status"), max_length=8, choices=extra.Status, default=extra.Status.WAITING)
    reason = models.CharField(_("why"), max_length=500, blank=True)

    objects = LeasedQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints = [models.UniqueConstraint(fields=["publication", "kind"], name="extra_once_per_publication")]

    def __str__(self) -> str:
        return self.get_kind_display()


class Observation(models.Model):
    """What the platform said of a live publication at one moment. Empty means unknown, which is not zero."""

    publication = models.ForeignKey(
        Publication,
        on_delete=models.CASCADE,
        related_name="observations",
        verbose_name=_("publication"),
    )
    at = models.DateTimeField(_("at"))
    source = models.SlugField(_("source"), max_length=40)
    state = models.CharField(_("state"), max_length=20)
    views = models.PositiveBigIntegerField(_("views"), null=True)
    likes = models.PositiveBigIntegerField(_("likes"), null=True)
    comments = models.PositiveBigIntegerField(_("comments"), null=True)
    completion = models.FloatField(
        _("completion"), null=True, help_text=_("The share of the clip that a viewer watched on average; may pass 1.")
    )

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["-at"]
        indexes = [models.Index(fields=["publication", "-at"], name="observation_of_publication")]

    def __str__(self) -> str:
        return f"{self.state} {self.views}"
