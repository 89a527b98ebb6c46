"""The checks before a publication is planned and before it is uploaded, each written down with its evidence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from catalog.rules import clip as clip_rules
from channels.models import Preflight, Publication
from channels.rules import eligibility, preflight, texts
from channels.rules.eligibility import ChannelFacts, EditionFacts, RightsFacts
from channels.rules.preflight import Outcome
from channels.rules.publication import ON_PLATFORM, Status
from channels.rules.words import Stage
from channels.services import approving, facts, policies
from config.kernel import clock

OF_THE_CHANNEL = frozenset(
    {
        eligibility.LANGUAGE,
        eligibility.GENRE,
        eligibility.TIER,
        eligibility.ORIGIN,
        eligibility.RETIRED,
        eligibility.CHANNEL,
    }
)


def check(publication: Publication, *, stage: Stage) -> Preflight:
    """Check every rule now and keep the record with the publication, passed or not."""
    return record(publication, outcomes(publication, stage=stage), stage=stage)


def outcomes(publication: Publication, *, stage: Stage) -> list[Outcome]:
    """How every rule comes out now; nothing is written down."""
    edition = publication.clip.edition
    versions = facts.releasable_versions([edition.pk])
    return judge(
        publication,
        edition=facts.of_edition(edition, is_releasable=edition.pk in versions),
        channel=facts.of_channel(publication.channel),
        rights=facts.rights_of([edition.drama_id])[edition.drama_id],
        outdated=facts.outdated_clips([publication.clip], versions).get(publication.clip_id, ""),
        stage=stage,
    )


def record(publication: Publication, found: list[Outcome], *, stage: Stage) -> Preflight:
    row = row_of(publication, found, stage=stage)
    row.save()
    return row


def row_of(publication: Publication, found: list[Outcome], *, stage: Stage) -> Preflight:
    """The record of one examination, not yet saved."""
    return Preflight(
        publication=publication,
        stage=stage,
        at=clock.now(),
        passed=all(one.passed for one in found),
        outcomes=[one.kept() for one in found],
    )


def judge(
    publication: Publication,
    *,
    edition: EditionFacts,
    channel: ChannelFacts,
    rights: list[RightsFacts],
    outdated: str,
    stage: Stage,
    judging: policies.Judging | None = None,
) -> list[Outcome]:
    """How each rule comes out for this publication at its due time: those of the house, then those of the packs.

    `judging` is what `policies.judging` read for many publications at once; without it, it is read for this one.
    """
    moment = max(publication.due_at, clock.now())
    found = {stopper.rule: stopper.sentence for stopper in eligibility.lasting_stoppers(edition, channel)}
    of_channel = [found[rule] for rule in sorted(OF_THE_CHANNEL & set(found))]
    judged = [
        _rights(edition, channel, rights, moment=moment),
        Outcome(preflight.QC, not outdated, outdated or _("a version of it passed QC")),
        Outcome(preflight.AGE, eligibility.AGE not in found, found.get(eligibility.AGE, f"{edition.age_rating}+")),
        _disclosure(publication, edition),
        _for_kids(publication),
        *_file(publication, channel),
        _texts(publication),
        Outcome(preflight.CHANNEL, not of_channel, "; ".join(of_channel) or channel.name),
        _clip(publication),
    ]
    if stage == Stage.UPLOAD:
        judged += [_duplicate(publication), _approval(publication)]
    return [*judged, *policies.judge(publication, stage=stage, judging_=judging)]


def _rights(edition: EditionFacts, channel: ChannelFacts, rights: list[RightsFacts], *, moment: object) -> Outcome:
    missing = eligibility.missing_countries(edition, channel, rights, moment)  # type: ignore[arg-type]
    if missing:
        return Outcome(preflight.RIGHTS, False, _("no open rights for %(where)s") % {"where": ", ".join(missing)})
    return Outcome(preflight.RIGHTS, True, _("open for %(where)s") % {"where": ", ".join(channel.countries)})


def _disclosure(publication: Publication, edition: EditionFacts) -> Outcome:
    given, asked = publication.synthetic_media, edition.synthetic_media
    if given is None or asked is None:
        return Outcome(preflight.AI, False, _("whether viewers must be told of AI is not answered"))
    if asked and not given:
        return Outcome(preflight.AI, False, _("the edition must be labelled as AI, and this is not"))
    return Outcome(preflight.AI, True, _("labelled") if given else _("not labelled, none needed"))


def _for_kids(publication: Publication) -> Outcome:
    told = publication.made_for_kids
    if told is None:
        return Outcome(preflight.KIDS, False, _("whether it is made for kids is not answered"))
    return Outcome(preflight.KIDS, True, _("made for kids") if told else _("not made for kids"))


def _file(publication: Publication, channel: ChannelFacts) -> list[Outcome]:
    """Length, size and shape of the clip, each against what the platform and the account take."""
    clip = publication.clip
    stopped = {one.rule: one.sentence for one in eligibility.clip_stoppers(facts.of_clip(clip), channel)}
    have = {
        preflight.LENGTH: f"{clip.duration_ms / 1000:.1f} s",
        preflight.SIZE: f"{clip.size_bytes / 10**6:.1f} MB",
        preflight.SHAPE: f"{clip.width} × {clip.height}",
    }
    return [Outcome(rule, rule not in stopped, stopped.get(rule, told)) for rule, told in have.items()]


def _texts(publication: Publication) -> Outcome:
    problems = texts.problems(
        publication.channel.platform,
        title=publication.title,
        description=publication.description,
        tags=publication.tags,
        marker=publication.marker,
    )
    return Outcome(preflight.TEXTS, not problems, "; ".join(problems) or _("within the limits"))


def _clip(publication: Publication) -> Outcome:
    clip = publication.clip
    ready = clip.status == clip_rules.Status.READY and bool(clip.file)
    return Outcome(preflight.CLIP, ready, clip.sha256[:16] if ready else _("the clip is %s") % clip.status)


def _duplicate(publication: Publication) -> Outcome:
    """The same bytes a second time on the channel, under whatever clip."""
    twins = Publication.objects.filter(
        channel=publication.channel,
        clip__sha256=publication.clip.sha256,
        status__in=[*ON_PLATFORM, Status.UPLOADING, Status.NEEDS_PERSON],
    ).exclude(pk=publication.pk)
    twin = twins.first()
    return Outcome(preflight.DUPLICATE, twin is None, f"{twin} ({twin.status})" if twin else _("none on the channel"))


def _approval(publication: Publication) -> Outcome:
    if publication.approved_at is None:
        return Outcome(preflight.APPROVAL, False, _("nobody has approved it"))
    stands = approving.standing(publication)
    return Outcome(preflight.APPROVAL, stands.is_enough, stands.sentence)
