"""Which clips are the same, and which families they make. The rows are the truth; the index on disk only finds faster.

A family joins what looks alike, directly or through others, and is named by its oldest clip. Joining is done by one
worker at a time, who holds the book: what was made since the look-up began is compared again under the lock, so that
two copies fingerprinted at the same moment still meet. A clip that mends another looks like it by design: they are of
one family, but what has been mended is left out of every count (`Family.is_mended`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from catalog.footage.fingerprints import comparing, index, reading
from catalog.footage.fingerprints.picture import HASH_BYTES, Picture
from catalog.footage.fingerprints.reading import Print
from catalog.footage.fingerprints.sound import Sound
from catalog.models import Clip, Fingerprint, FingerprintBook
from catalog.models import Likeness as LikenessRow
from catalog.rules import clip as life
from catalog.rules import likeness
from catalog.rules.likeness import Kind

VERSION = 1
"""Of the algorithm. A new number makes every fingerprint, family and index anew."""
FLUSH_AT = 1000
READ_AT_ONCE = 20_000
MOST_VOICES = 200
"""So many voices of one picture are told apart; each is compared through its oldest clip."""


@dataclass(frozen=True)
class Family:
    """The oldest clip that looks the same, and the oldest that also sounds the same; 0: none, it stands alone.

    `is_mended`: a ready clip took its place. Both are 0 then, because it counts for nothing any more.
    """

    picture: int = 0
    whole: int = 0
    is_mended: bool = False


@dataclass(frozen=True)
class Likeness:
    """A clip that is like the one asked about. `score`: the smaller share of the two that is the same, 0 to 1.

    `share` of the one asked about, `like_share` of the other. Where two are known to be of one family only through
    others, the shares are None, and so is the score.
    """

    clip: Clip
    kind: Kind
    score: float | None = None
    share: float | None = None
    like_share: float | None = None
    is_mirrored: bool = False
    is_mend: bool = False


@dataclass(frozen=True)
class Found:
    """A measured likeness of a clip that is being looked up."""

    row: Fingerprint
    kind: Kind
    measured: comparing.Comparison


def families(clip_pks: Iterable[int]) -> dict[int, Family]:
    """The families of these clips; Family() for one that stands alone or has no fingerprint yet."""
    wanted = set(clip_pks)
    mended = Clip.objects.filter(supersedes=OuterRef("clip"), status=life.Status.READY)
    rows = (
        Fingerprint.objects.made(VERSION)
        .filter(clip__in=wanted)
        .annotate(is_mended=Exists(mended))
        .values_list("clip_id", "picture_family", "whole_family", "is_mended")
    )
    known = {clip: Family(is_mended=True) if gone else Family(picture, whole) for clip, picture, whole, gone in rows}
    return {pk: known.get(pk, Family()) for pk in wanted}


def of(clip: Clip) -> list[Likeness]:
    """The clips that this one is like: the same whole first, then the same picture, then those that share a part."""
    said = {one.clip.pk: one for one in _measured(clip)}
    own = Fingerprint.objects.made(VERSION).filter(clip=clip).first()
    if own is not None and own.picture_family:
        others = Fingerprint.objects.made(VERSION).filter(picture_family=own.picture_family).exclude(clip=clip)
        for row in others.select_related("clip__edition__drama")[:MOST_VOICES]:
            same = own.whole_family != 0 and row.whole_family == own.whole_family
            known = said.get(row.clip_id)
            said[row.clip_id] = Likeness(
                row.clip,
                Kind.WHOLE if same else Kind.PICTURE,
                known.score if known else None,
                known.share if known else None,
                known.like_share if known else None,
                is_mirrored=bool(known and known.is_mirrored),
                is_mend=_mends(clip, row.clip),
            )
    order = {Kind.WHOLE: 0, Kind.PICTURE: 1, Kind.PARTLY: 2}
    return sorted(said.values(), key=lambda one: (order[one.kind], -(one.score or 0), one.clip.pk))


def _measured(clip: Clip) -> list[Likeness]:
    rows = LikenessRow.objects.filter(Q(clip=clip) | Q(like=clip)).select_related(
        "clip__edition__drama", "like__edition__drama"
    )
    found = []
    for row in rows:
        is_own = row.clip_id == clip.pk
        other = row.like if is_own else row.clip
        share, like_share = (row.share, row.like_share) if is_own else (row.like_share, row.share)
        found.append(
            Likeness(
                other,
                Kind(row.kind),
                min(share, like_share),
                share,
                like_share,
                is_mirrored=row.is_mirrored,
                is_mend=_mends(clip, other),
            )
        )
    return found


def _mends(one: Clip, other: Clip) -> bool:
    return one.supersedes_id == other.pk or other.supersedes_id == one.pk


def join(row: Fingerprint, film: Print, **changes: Any) -> list[Found] | None:
    """Store the fingerprint of `row` and join it to the families it belongs to; what it is like is returned.

    `row` is claimed. None, changing nothing, when another worker took it over.
    """
    book, _made = FingerprintBook.objects.get_or_create(pk=1)
    seen = book.serial
    found = look_up(film, but=row.clip_id, book=book)
    with transaction.atomic():
        book = FingerprintBook.objects.select_for_update().get(pk=1)
        newer = Fingerprint.objects.made(VERSION).filter(serial__gt=seen).exclude(pk=row.pk)
        met = {one.row.pk for one in found}
        found += _compare_with(film, [one for one in newer if one.pk not in met])
        serial = book.serial + 1
        kept = Fingerprint.objects.filter(pk=row.pk, lease_token=row.lease_token).update(
            **as_stored(film), version=VERSION, serial=serial, picture_family=0, whole_family=0, **changes
        )
        if not kept:
            return None
        FingerprintBook.objects.filter(pk=1).update(serial=serial)
        _write_down(row, found)
        _unite(row, found)
    return found


def look_up(film: Print, *, but: int, book: FingerprintBook) -> list[Found]:
    """Every known clip that this film is like: found by the index, then measured sample by sample."""
    host = _host(book)
    fresh = _fresh(host, book)
    hits = host.search(film.picture, fresh=fresh, match_bits=likeness.MATCH_BITS)
    rows = list(Fingerprint.objects.made(VERSION).filter(clip__in=[hit.clip for hit in hits if hit.clip != but]))
    found = _compare_with(film, rows)
    families_met = {one.row.picture_family for one in found if one.kind != Kind.PARTLY} - {0}
    met = {row.pk for row in rows}
    others = [one for one in _voices(families_met) if one.pk not in met and one.clip_id != but]
    return found + _compare_with(film, others)


def _voices(picture_families: Collection[int]) -> list[Fingerprint]:
    """Of these families, the oldest clip of each voice: there may be more of them than a look-up finds."""
    if not picture_families:
        return []
    rows = Fingerprint.objects.made(VERSION).filter(picture_family__in=picture_families)
    heads = rows.filter(Q(whole_family=0) | Q(whole_family=F("clip_id")))
    return list(heads.order_by("clip_id")[:MOST_VOICES])


def _compare_with(film: Print, rows: Iterable[Fingerprint]) -> list[Found]:
    found = []
    for row in rows:
        measured = comparing.compare(film, as_print(row), match_bits=likeness.MATCH_BITS)
        kind = likeness.kind(
            share_one=measured.share_one,
            share_other=measured.share_other,
            samples=measured.share_one * len(film.picture),
            bits=measured.bits,
            same_sound=measured.same_sound,
        )
        if kind is not None:
            found.append(Found(row, kind, measured))
    return found


def _write_down(row: Fingerprint, found: list[Found]) -> None:
    LikenessRow.objects.filter(clip=row.clip_id).delete()
    LikenessRow.objects.filter(like=row.clip_id, clip__in=[one.row.clip_id for one in found]).delete()
    LikenessRow.objects.bulk_create(
        LikenessRow(
            clip_id=row.clip_id,
            like_id=one.row.clip_id,
            kind=one.kind,
            share=one.measured.share_one,
            like_share=one.measured.share_other,
            same_sound=one.measured.same_sound,
            offset_ms=one.measured.offset_ms,
            is_mirrored=one.measured.is_mirrored,
        )
        for one in found
    )


def _unite(row: Fingerprint, found: list[Found]) -> None:
    """Give the clip, what it is like, and their families the name of the oldest. The caller holds the book."""
    for column, kinds in (("picture_family", (Kind.WHOLE, Kind.PICTURE)), ("whole_family", (Kind.WHOLE,))):
        like = [one.row.pk for one in found if one.kind in kinds]
        if not like:
            continue
        # Read again: what was found before the lock may have joined another family since.
        now = Fingerprint.objects.filter(pk__in=[row.pk, *like]).values_list("clip_id", column)
        clips, names = {clip for clip, _name in now}, {name for _clip, name in now} - {0}
        members = Fingerprint.objects.filter(Q(clip__in=clips) | Q(**{f"{column}__in": names}))
        members.update(**{column: min(clips | names)})


def as_stored(film: Print) -> dict[str, Any]:
    return {
        "step_ms": film.step_ms,
        "anchors": index.anchors(film.picture).tobytes(),
        "hashes": film.picture.hashes.tobytes(),
        "blanks": np.packbits(film.picture.is_blank).tobytes(),
        "sound": film.sound.bits.tobytes(),
        "heard": np.packbits(film.sound.is_heard).tobytes(),
    }


def as_print(row: Fingerprint) -> Print:
    """The fingerprint as it was stored; which bits are the least certain is not kept."""
    hashes = np.frombuffer(bytes(row.hashes), np.uint64).reshape(-1, HASH_BYTES // 8)
    bits = np.frombuffer(bytes(row.sound), np.uint32)
    blank = np.unpackbits(np.frombuffer(bytes(row.blanks), np.uint8), count=len(hashes)).astype(np.bool_)
    heard = np.unpackbits(np.frombuffer(bytes(row.heard), np.uint8), count=len(bits)).astype(np.bool_)
    return reading.Print(row.step_ms, Picture(hashes, blank), Sound(bits, heard))


# --- the index of this machine ------------------------------------------------------------------------

_open: dict[Path, index.Index] = {}
_since: dict[Path, index.Entries] = {}


def _host(book: FingerprintBook) -> index.Index:
    """This machine's index of this database. One that is ahead of the database (an older backup) is thrown away."""
    folder = Path(settings.VAR_DIR) / "lookalikes" / f"{book.uuid.hex}-v{VERSION}"
    if folder not in _open:
        _open.clear()
        _since.clear()
        _open[folder] = index.Index(folder)
    host = _open[folder]
    if host.last > book.serial:
        book.refresh_from_db()  # another worker may have filled the index since the book was read
        if host.last > book.serial:
            host.forget()
    return host


def _fresh(host: index.Index, book: FingerprintBook) -> index.Entries | None:
    """What came since the newest segment, read once and kept; large enough, it becomes a segment."""
    _catch_up(host, book)
    known = _since.get(host.folder)
    if known is None or known.first != host.last + 1 or known.last > book.serial:
        known = _read(host.last, book.serial)
    elif known.last < book.serial:
        more = _read(known.last, book.serial)
        hashes, clips = np.concatenate([known.hashes, more.hashes]), np.concatenate([known.clips, more.clips])
        known = index.Entries(hashes, clips, known.first, more.last)
    _since[host.folder] = known
    return known


def _catch_up(host: index.Index, book: FingerprintBook) -> None:
    """Put all but the last few rows into segments; on a new machine that is the whole index."""
    if book.serial - host.last < FLUSH_AT:
        return
    host.reopen()
    while book.serial - host.last >= FLUSH_AT:
        if not host.add(_read(host.last, min(book.serial, host.last + READ_AT_ONCE))):
            host.reopen()


def _read(after: int, until: int) -> index.Entries:
    """The index entries of the rows with the serial numbers after `after` up to `until`; some may be gone."""
    rows = Fingerprint.objects.made(VERSION).filter(serial__gt=after, serial__lte=until).order_by("serial")
    hashes, clips = [np.zeros((0, HASH_BYTES // 8), np.uint64)], [np.zeros(0, np.int64)]
    for clip, anchors in rows.values_list("clip_id", "anchors").iterator(chunk_size=2000):
        some = np.frombuffer(bytes(anchors), np.uint64).reshape(-1, HASH_BYTES // 8)
        hashes.append(some)
        clips.append(np.full(len(some), clip, np.int64))
    return index.Entries(np.concatenate(hashes), np.concatenate(clips), after + 1, until)
