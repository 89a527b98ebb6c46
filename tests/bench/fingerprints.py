"""How well copies are found, and how fast among a million: `python -m tests.bench.fingerprints [films] [clips …]`.

The films are made (`made_films.py`), altered in ten ways and dubbed anew; every copy is looked up among the originals
through the same index and the same decision as in the product. The large index is filled with hashes as uneven as those
of films (`made_prints.py`) and asked for altered copies of clips that are in it, and for ones that are not.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from catalog.footage.fingerprints import comparing, index, reading
from catalog.rules import likeness
from catalog.rules.likeness import Kind
from tests.bench import made_films, made_prints
from tests.bench.figures import Figure

FILMS = 200
SIZES = (10_000, 100_000, 1_000_000)
ASKED = 200
PROCESSES = 2
DRAMAS_AT_ONCE = 1250


@dataclass(frozen=True)
class Verdict:
    """What one copy was found to be: its kind to its own original, and the originals it was wrongly said to be."""

    alteration: str
    kind: str | None
    wrong: tuple[int, ...]


def figures(*, films: int = FILMS, sizes: tuple[int, ...] = SIZES) -> Iterator[Figure]:
    yield from recognition(films)
    yield from looking_up(sizes)


def recognition(films: int) -> Iterator[Figure]:
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="films-") as folder, ProcessPoolExecutor(PROCESSES) as pool:
        prints = list(pool.map(_made_and_read, range(films), [folder] * films))
        verdicts = [one for number in range(films) for one in _judged(number, prints, Path(folder))]
    copies = [one for one in verdicts if one.alteration not in {made_films.REDUBBED, "original"}]
    for name, _filter, _more in made_films.ALTERATIONS:
        found = [one.kind == Kind.WHOLE for one in copies if one.alteration == name]
        yield figure(f"fingerprint recall: {name}", np.mean(found), "share", least=0.95)
    recall = np.mean([one.kind == Kind.WHOLE for one in copies])
    yield figure(f"fingerprint recall, {films} clips x 10 alterations", recall, "share", least=0.98)
    wrong = sum(len(one.wrong) for one in verdicts)
    yield figure(f"fingerprint false matches in {len(verdicts)} look-ups", wrong, "matches", most=0)
    dubbed = [one.kind == Kind.PICTURE for one in verdicts if one.alteration == made_films.REDUBBED]
    yield figure("same picture, other voice recognised", np.mean(dubbed), "share", least=0.98)
    yield figure("fingerprints: making and judging the films", time.perf_counter() - begun, "s")


def _made_and_read(number: int, folder: str) -> dict[str, Any]:
    wanted = made_films.plan(number)
    made = made_films.make(wanted, Path(folder))
    paths = {"original": made.original, **made.copies}
    return {name: reading.read(path, duration_ms=int(wanted.seconds * 1000)) for name, path in paths.items()}


def _judged(number: int, prints: list[dict[str, Any]], folder: Path) -> Iterator[Verdict]:
    """Look every copy of the film up among all originals; the original itself may find no other."""
    known = _originals(prints, folder)
    for name, seen in prints[number].items():
        said = {}
        for hit in known.search(seen.picture, fresh=None, match_bits=likeness.MATCH_BITS):
            measured = comparing.compare(seen, prints[hit.clip]["original"], match_bits=likeness.MATCH_BITS)
            said[hit.clip] = likeness.kind(
                share_one=measured.share_one,
                share_other=measured.share_other,
                samples=measured.share_one * len(seen.picture),
                bits=measured.bits,
                same_sound=measured.same_sound,
            )
        wrong = tuple(clip for clip, kind in said.items() if clip != number and kind in {Kind.WHOLE, Kind.PICTURE})
        yield Verdict(name, said.get(number), wrong)


def _originals(prints: list[dict[str, Any]], folder: Path) -> index.Index:
    known = index.Index(folder / "index")
    if not known.segments:
        hashes = [index.anchors(film["original"].picture) for film in prints]
        clips = np.repeat(np.arange(len(prints)), [len(one) for one in hashes])
        known.add(index.Entries(np.concatenate(hashes), clips, 1, len(prints)))
    return known


def looking_up(sizes: tuple[int, ...]) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="index-") as folder:
        known, done, spent = index.Index(Path(folder)), 0, 0.0
        for size in sizes:
            goal = size // made_prints.CLIPS_OF_DRAMA
            while done < goal:
                until = min(goal, done + DRAMAS_AT_ONCE)
                some = made_prints.entries(range(done, until))
                begun = time.perf_counter()
                known.add(some)
                spent += time.perf_counter() - begun
                done = until
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
                asked = fresh.submit(_ask, folder, done * made_prints.CLIPS_OF_DRAMA).result()
            yield figure(f"look-up among {size:,} clips, p50", asked["p50"], "ms", most=200)
            yield figure(f"look-up among {size:,} clips, p95", asked["p95"], "ms", most=200)
            yield figure(f"altered copies found among {size:,} clips", asked["found"], "share", least=0.98)
            yield figure(f"index of {size:,} clips: memory of the process for it", asked["memory"], "MiB", most=1024)
            yield figure(f"index of {size:,} clips: on disk", _weight(Path(folder)), "MiB")
            yield figure(f"index of {size:,} clips: written and merged in", spent, "s")


def _ask(folder: str, clips: int) -> dict[str, float]:
    """Open the index afresh and look up altered copies, every second one mirrored, and as many clips it cannot know."""
    before = psutil.Process().memory_info().rss
    known = index.Index(Path(folder))
    dice = np.random.default_rng(clips)
    took, found = [], []
    for turn, clip in enumerate(dice.integers(1, clips + 1, ASKED).tolist()):
        for wanted, is_there in ((clip, True), (clips + 10**7 + clip, False)):
            film = made_prints.copy_of(wanted, is_mirrored=bool(turn % 2))
            begun = time.perf_counter()
            hits = known.search(film, fresh=None, match_bits=likeness.MATCH_BITS)
            took.append(1000 * (time.perf_counter() - begun))
            found += [clip in [hit.clip for hit in hits]] if is_there else []
    memory = (psutil.Process().memory_info().rss - before) / 2**20
    return {
        "p50": float(np.percentile(took, 50)),
        "p95": float(np.percentile(took, 95)),
        "found": float(np.mean(found)),
        "memory": memory,
    }


def _weight(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def figure(name: str, value: Any, unit: str, *, least: float | None = None, most: float | None = None) -> Figure:
    target = f">= {least}" if least is not None else f"<= {most}" if most is not None else ""
    return Figure(name, round(float(value), 4), unit, target)


def main(arguments: list[str]) -> None:
    films = int(arguments[0]) if arguments else FILMS
    for one in figures(films=films, sizes=tuple(int(size) for size in arguments[1:]) or SIZES):
        sys.stdout.write(f"{one.line()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
