"""What the queue can call. Each may run twice, late, or be killed midway."""

from __future__ import annotations

from channels.rules.changes import Event
from channels.services import extras, grants, learning, looking, noticing, planning, publishing


def push_upload(publication_pk: int) -> str:
    return publishing.push(publication_pk)


def sweep_uploads() -> str:
    return publishing.sweep()


def look_at_live() -> str:
    return looking.look_all()


def do_extra(extra_pk: int) -> str:
    return extras.do(extra_pk)


def sweep_extras() -> str:
    return extras.sweep()


def refresh_tokens() -> str:
    return grants.refresh_due()


def drop_outdated(edition_pk: int) -> str:
    said = planning.drop_outdated(edition_pk)
    return f"{said}; {noticing.answer(Event.EDITION_CHANGED, edition_pk)}"


def propose_change(event: str, subject_pk: int) -> str:
    return noticing.answer(event, subject_pk)


def apply_change(plan_pk: int, person_pk: int) -> str:
    return noticing.apply_asked(plan_pk, person_pk)


def sweep_changes() -> str:
    return noticing.sweep()


def learn_completion() -> str:
    return learning.read_all()


def read_completion(channel_pk: int) -> str:
    return learning.read(channel_pk)


def make_plan(plan_pk: int) -> str:
    return planning.make_asked(plan_pk)


def sweep_plans() -> str:
    return planning.sweep()
