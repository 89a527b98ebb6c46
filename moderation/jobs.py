"""The app's jobs: ids in, one service, a sentence out."""

from __future__ import annotations

from moderation.services import harvesting, judging, proving, purging, replacing, ticketing


def sweep_harvests() -> str:
    return harvesting.sweep()


def harvest(channel_pk: int) -> str:
    return harvesting.harvest(channel_pk)


def judge() -> str:
    return judging.judge_new()


def gather() -> str:
    return ticketing.gather()


def advance_replacements() -> str:
    return replacing.advance_all()


def prove() -> str:
    return proving.sweep()


def purge() -> str:
    return purging.sweep()
