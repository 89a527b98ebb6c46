"""Quality gates: opened with a delivery, judged by the machine and by people, settled into a release or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from catalog import signals
from catalog.footage import listening
from catalog.footage.errors import FootageError
from catalog.models import EditionVersion, Master, QCCheck
from catalog.rules import gates, qc
from catalog.rules import version as life
from catalog.services import clips, files
from config.kernel import clock, jobs, lifecycle
from config.kernel.errors import Invalid, MoveRefused

BY_HAND = frozenset({qc.Verdict.PASSED, qc.Verdict.FAILED})


def open_gates(version: EditionVersion) -> list[QCCheck]:
    """One pending check per gate; gates that are open already stay as they are."""
    QCCheck.objects.bulk_create(
        [
            QCCheck(version=version, gate=gate, is_required=gate in qc.REQUIRED, is_automatic=gate in qc.AUTOMATIC)
            for gate in qc.Gate
        ],
        ignore_conflicts=True,
    )
    return list(version.qc_checks.all())


def run_automatic(version: EditionVersion) -> str:
    """Judge every automatic gate that is still pending, then settle. Safe to run twice."""
    pending = set(
        version.qc_checks.filter(is_automatic=True, verdict=qc.Verdict.PENDING).values_list("gate", flat=True)
    )
    if not pending or version.status != life.Status.CHECKING:
        if settle(version):  # whoever gave the last verdict was killed before this
            return _says(version)
        return _("nothing to check on %(version)s") % {"version": version}
    masters = list(version.masters.select_related("episode").order_by("episode__number"))
    heard = _listen(masters) if pending & {qc.Gate.SOUND, qc.Gate.NO_DROPOUT} else {}
    for gate in sorted(pending):
        found = JUDGES[qc.Gate(gate)](version, masters, heard)
        version.qc_checks.filter(gate=gate, verdict=qc.Verdict.PENDING).update(
            verdict=found.verdict, evidence=found.evidence, judged_at=clock.now()
        )
    settle(version)
    return _says(version)


def _says(version: EditionVersion) -> str:
    return _("%(version)s checked, now %(status)s") % {"version": version, "status": version.get_status_display()}


def judge(check: QCCheck, *, verdict: str, evidence: str, by: Any) -> bool:
    """A person's verdict on a human gate; settles the version. False when the very same verdict stands already.

    Raises Invalid for a gate that the machine judges or for no verdict, MoveRefused once the version has left QC.
    """
    if check.is_automatic:
        raise Invalid(
            _("“%(gate)s” is judged by the machine; deliver a better file.") % {"gate": check.get_gate_display()}
        )
    if verdict not in BY_HAND:
        raise Invalid(_("A verdict is “passed” or “failed”, not “%(verdict)s”.") % {"verdict": verdict})
    if verdict == qc.Verdict.FAILED and not evidence.strip():
        raise Invalid(_("Say what is wrong: the vendor reads it."), details={"evidence": [_("This is needed.")]})
    if check.verdict == verdict and check.evidence == evidence:
        settle(check.version, by=by)
        return False
    with transaction.atomic():
        version = EditionVersion.objects.select_for_update().get(pk=check.version_id)
        if version.status != life.Status.CHECKING:
            raise MoveRefused(_("%(version)s is not in QC any more.") % {"version": version}, version=version.pk)
        QCCheck.objects.filter(pk=check.pk).update(
            verdict=verdict, evidence=evidence, judged_by=by if getattr(by, "pk", None) else None, judged_at=clock.now()
        )
    check.refresh_from_db()
    settle(version, by=by)
    return True


def settle(version: EditionVersion, *, by: Any = None) -> bool:
    """Release or refuse the version if its verdicts say so. False while they do not, or when that is done already."""
    version.refresh_from_db()
    if version.status != life.Status.CHECKING:
        return False
    outcomes = [qc.Outcome(*row) for row in version.qc_checks.values_list("gate", "verdict", "is_required")]
    if qc.is_refused(outcomes):
        return lifecycle.advance(version, to=life.Status.REFUSED, by=by, why=_first_fault(version))
    if not qc.is_releasable(outcomes):
        return False
    return _release(version, by=by)


def reopen(version: EditionVersion, *, by: Any) -> bool:
    """Put a refused version back into QC: every failed gate is judged anew."""
    if version.status not in {life.Status.REFUSED, life.Status.CHECKING}:
        raise MoveRefused(_("%(version)s did not fail QC.") % {"version": version}, version=version.pk)
    with transaction.atomic():
        moved = lifecycle.advance(version, to=life.Status.CHECKING, by=by, why=_("judged anew"))
        if moved:
            version.qc_checks.filter(verdict=qc.Verdict.FAILED).update(
                verdict=qc.Verdict.PENDING, evidence="", judged_by=None, judged_at=None
            )
            jobs.enqueue("catalog.jobs.check_version", version.pk)
    return moved


def _release(version: EditionVersion, *, by: Any) -> bool:
    """The one releasable version of its edition, from this moment; its clips are planned in the same transaction."""
    trailers = clips.stored_trailers()  # asks the storage, so it stands before the transaction
    with transaction.atomic():
        others = version.edition.versions.select_for_update().exclude(pk=version.pk)
        newer = others.filter(number__gt=version.number, status=life.Status.RELEASABLE).first()
        if newer is not None:
            return lifecycle.advance(
                version, to=life.Status.REFUSED, by=by, why=_("%(newer)s was released before.") % {"newer": newer}
            )
        why = _("version %(number)d took its place") % {"number": version.number}
        for earlier in others.filter(number__lt=version.number, status=life.Status.RELEASABLE):
            lifecycle.advance(earlier, to=life.Status.SUPERSEDED, by=by, why=why)
        if not lifecycle.advance(version, to=life.Status.RELEASABLE, by=by, why=_("all required gates passed")):
            return False
        clips.plan(version, trailers=trailers)
        signals.version_released.send(EditionVersion, version=version)
    return True


def _first_fault(version: EditionVersion) -> str:
    check = version.qc_checks.filter(is_required=True, verdict=qc.Verdict.FAILED).order_by("gate").first()
    return f"{check.get_gate_display()}: {check.evidence}" if check else ""


Heard = dict[int, gates.Heard]


def _listen(masters: Iterable[Master]) -> Heard:
    """What is to be heard in every master that has sound, by episode number."""
    return {master.episode.number: _hear(master) for master in masters if master.audio_codec}


def _hear(master: Master) -> gates.Heard:
    number = master.episode.number
    try:
        with files.local_path(master.file) as source:
            level = listening.volume(source).mean_db
            return gates.Heard(number, level, listening.silences(source, min_seconds=gates.DROPOUT_MS / 1000))
    except FootageError as error:
        if error.retryable:
            raise
        return gates.Heard(number, gates.QUIETEST_DB, fault=str(error))


def _complete(version: EditionVersion, masters: list[Master], heard: Heard) -> gates.Judgement:
    wanted = list(version.edition.drama.episodes.values_list("number", flat=True))
    faults = gates.missing(wanted, [master.episode.number for master in masters])
    return gates.judged(faults, praise=_("All %(n)d episodes are there.") % {"n": len(wanted)})


def _picture(version: EditionVersion, masters: list[Master], heard: Heard) -> gates.Judgement:
    faults = [fault for master in masters for fault in gates.picture_faults(film(master))]
    return gates.judged(faults, praise=_("Size, frame rate, coding and length are right in every file."))


def _sound(version: EditionVersion, masters: list[Master], heard: Heard) -> gates.Judgement:
    faults = [
        fault for master in masters for fault in gates.sound_faults(film(master), heard.get(master.episode.number))
    ]
    return gates.judged(faults, praise=_("Every file has sound that is loud enough."))


def _no_dropout(version: EditionVersion, masters: list[Master], heard: Heard) -> gates.Judgement:
    lengths = {master.episode.number: master.duration_ms for master in masters}
    faults = [
        fault for number, one in sorted(heard.items()) for fault in gates.dropouts(one, duration_ms=lengths[number])
    ]
    return gates.judged(faults, praise=_("No silence of a second or more."))


Judge = Callable[[EditionVersion, list[Master], Heard], gates.Judgement]
JUDGES: dict[qc.Gate, Judge] = {
    qc.Gate.COMPLETE: _complete,
    qc.Gate.PICTURE: _picture,
    qc.Gate.SOUND: _sound,
    qc.Gate.NO_DROPOUT: _no_dropout,
}


def film(master: Master) -> gates.Film:
    return gates.Film(
        episode=master.episode.number,
        duration_ms=master.duration_ms,
        width=master.width,
        height=master.height,
        frame_rate=master.frame_rate,
        video_codec=master.video_codec,
        audio_codec=master.audio_codec,
    )


def sweep() -> str:
    """Ring again for versions that wait for the machine: its gates, or what follows from all verdicts.

    A lost bell, or a process killed between the last verdict and the release, costs one round.
    """
    gates_of = QCCheck.objects.filter(version=OuterRef("pk"))
    required, pending = gates_of.filter(is_required=True), Q(verdict=qc.Verdict.PENDING)
    waiting = EditionVersion.objects.filter(status=life.Status.CHECKING).filter(
        Exists(gates_of.filter(pending, is_automatic=True))
        | Exists(required.filter(verdict=qc.Verdict.FAILED))
        | Exists(required) & ~Exists(required.filter(pending))
    )
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:50])
    for key in keys:
        jobs.remind("catalog.jobs.check_version", key)
    return _("%(n)d versions to check") % {"n": len(keys)} if keys else _("nothing due")
