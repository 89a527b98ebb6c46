"""Versions of policy packs: written as drafts, switched on with what they hold, and taken back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.models import Hold, PolicyPack
from channels.rules.hold import Scope
from channels.rules.policies import packs
from channels.rules.policy_pack import Status
from channels.services import holding, policy_trying
from channels.services.policy_trying import Preview
from config.kernel import clock, lifecycle, news
from config.kernel.errors import Invalid, MoveRefused

CONTENT = ("name", "platform", "countries", "languages", "starts_on", "ends_on", "rules", "sources", "note")


@dataclass(frozen=True)
class Seen:
    """What a person had before them when they decided: the pack as it was, and the version then in force."""

    stamp: str
    in_force: int | None


@dataclass(frozen=True)
class Switched:
    hold: Hold | None
    held: int


@dataclass(frozen=True)
class TakenBack:
    former: PolicyPack | None
    freed: int


# --- writing


def save_draft(pack: PolicyPack, *, by: Any) -> None:
    """Keep a draft, new or changed. Raises Invalid with a sentence for each field that does not fit."""
    if pack.status != Status.DRAFT:
        raise Invalid(_("%(pack)s was in force; make a new version of it.") % {"pack": pack})
    check(pack)
    pack.made_by = pack.made_by or _person(by)
    pack._history_user = _person(by)  # type: ignore[attr-defined]
    pack.save()


def new_version(pack: PolicyPack, *, by: Any) -> PolicyPack:
    """A draft that begins as this version is. Who asks twice at once gets two drafts, each with its own number."""
    with transaction.atomic():
        newest = _lock(pack.code)[0]
        draft = PolicyPack(code=pack.code, version=newest.version + 1, made_by=_person(by))
        for name in CONTENT:
            setattr(draft, name, getattr(pack, name))
        draft._history_user = _person(by)  # type: ignore[attr-defined]
        draft.save()
    return draft


def check(pack: PolicyPack) -> None:
    """Raises Invalid, naming fields and rules, when this pack cannot be used."""
    details = {"rules": [str(fault) for fault in packs.faults(pack.rules)]}
    try:
        pack.full_clean(exclude=["rules", "made_by", "succeeds"])
    except ValidationError as error:
        details |= error.message_dict
    wrong = {name: sentences for name, sentences in details.items() if sentences}
    if wrong:
        raise Invalid(" ".join(one for sentences in wrong.values() for one in sentences), details=wrong)


def stamp(pack: PolicyPack) -> str:
    """Changes with everything that decides what the pack holds."""
    told = {name: str(getattr(pack, name)) for name in CONTENT if name != "rules"}
    text = json.dumps([told, pack.rules], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def in_force(code: str) -> PolicyPack | None:
    return PolicyPack.objects.filter(code=code, status=Status.ON).first()


def seen(pack: PolicyPack) -> Seen:
    """What somebody who looks at it now decides upon."""
    present = in_force(pack.code)
    return Seen(stamp(pack), present.pk if present else None)


# --- switching


def switch_on(pack: PolicyPack, *, by: Any, seen: Seen | None = None, why: str = "") -> Switched:
    """Put this version in force in place of the one before, and hold what is queued and fails under it.

    Of two people at once the first wins; the other gets a sentence. With `seen`, so does who decided upon something
    that has changed since. The version before still judges what is due before this one's first day.
    """
    check(pack)
    found = policy_trying.preview(pack)
    with transaction.atomic():
        former = _check_still(pack, seen)
        if former is not None:
            lifecycle.advance(former, to=Status.OFF, by=by, why=_("%(pack)s took over") % {"pack": pack})
        said = _said(found, why)
        lifecycle.advance(pack, to=Status.ON, by=by, why=said, succeeds=former, switched_at=clock.now())
        hold = _hold(pack, found, by=by)
        held = hold.items.count() if hold else 0
        _tell(_("%(pack)s is in force (%(who)s): %(said)s"), pack=pack, by=by, said=said)
    return Switched(hold, held)


def _check_still(pack: PolicyPack, seen: Seen | None) -> PolicyPack | None:
    """The version in force now, with all versions of the code locked. Raises when this is no longer what was meant."""
    rows = _lock(pack.code)
    current = next(row for row in rows if row.pk == pack.pk)
    former = next((row for row in rows if row.status == Status.ON), None)
    if current.status == Status.ON:
        raise MoveRefused(_("%(pack)s is in force already%(who)s.") % _switch_of(current), row=pack.pk)
    if seen is not None and seen.in_force != (former.pk if former else None):
        if former is None:
            raise Invalid(_("Meanwhile the version in force was switched off. Look at the numbers again."))
        raise Invalid(_("Meanwhile %(pack)s was switched on%(who)s. Look at the numbers again.") % _switch_of(former))
    if seen is not None and seen.stamp != stamp(current):
        raise Invalid(_("%(pack)s was changed meanwhile. Look at the numbers again.") % {"pack": pack})
    if stamp(current) != stamp(pack):
        raise Invalid(_("%(pack)s was changed meanwhile. Look at the numbers again.") % {"pack": pack})
    return former


def _switch_of(pack: PolicyPack) -> dict[str, Any]:
    last = lifecycle.history(pack).filter(to_status=Status.ON).first()
    who = _(" by %(name)s") % {"name": last.by.get_username()} if last and last.by else ""
    return {"pack": pack, "who": who}


def _hold(pack: PolicyPack, found: Preview, *, by: Any) -> Hold | None:
    if not found.held:
        return None
    why = _("fails under %(pack)s") % {"pack": pack}
    try:
        with transaction.atomic():
            return holding.hold(Scope.ITEMS, items=found.held, pack=pack, why=why, by=by)
    except Invalid:  # every one of them went out or was held by somebody else in the meantime
        return None


def _said(found: Preview, why: str) -> str:
    count = len(found.held)
    held = ngettext("%(n)d of %(all)d queued publications held", "%(n)d of %(all)d queued publications held", count)
    return "; ".join(filter(None, [held % {"n": count, "all": found.queued}, why.strip()]))


def undo(pack: PolicyPack, *, by: Any, why: str = "") -> TakenBack:
    """Take a switch back: the version before is in force again, and what this one held is free again."""
    return _take_off(pack, by=by, why=why, brings_back=True)


def switch_off(pack: PolicyPack, *, by: Any, why: str = "") -> TakenBack:
    """Out of force, with nothing in its place; what it held is free again."""
    return _take_off(pack, by=by, why=why, brings_back=False)


def _take_off(pack: PolicyPack, *, by: Any, why: str, brings_back: bool) -> TakenBack:
    with transaction.atomic():
        rows = {row.pk: row for row in _lock(pack.code)}
        current = rows[pack.pk]
        if current.status != Status.ON:
            raise MoveRefused(_("%(pack)s is not in force (any more).") % {"pack": pack}, row=pack.pk)
        former = rows.get(current.succeeds_id or 0) if brings_back else None
        lifecycle.advance(pack, to=Status.OFF, by=by, why=why)
        if former is not None:
            lifecycle.advance(
                former, to=Status.ON, by=by, why=_("%(pack)s was taken back") % {"pack": pack}, switched_at=clock.now()
            )
        freed = sum(holding.lift(hold, by=by) for hold in Hold.objects.in_force().filter(pack=pack))
        said = ngettext("%(n)d publication is free again", "%(n)d publications are free again", freed) % {"n": freed}
        _tell(_("%(pack)s is out of force (%(who)s): %(said)s"), pack=pack, by=by, said=said)
    return TakenBack(former, freed)


def _lock(code: str) -> list[PolicyPack]:
    """All versions of a pack, the newest first; nobody else switches one of them until this transaction ends."""
    return list(PolicyPack.objects.select_for_update().filter(code=code).order_by("-version"))


def _tell(sentence: str, *, pack: PolicyPack, by: Any, said: str) -> None:
    facts: Mapping[str, Any] = {"pack": pack, "who": by or "–", "said": said}
    news.tell("policy_pack", sentence % facts, level="info")


def _person(by: Any) -> Any:
    return by if getattr(by, "pk", None) else None
