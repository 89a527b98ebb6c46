"""The demo's made-up staff: it does what people do (connect, watch, approve, mend, take down by hand), and no more."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.files import File

from catalog.models import Clip, QCCheck
from catalog.rules import clip, qc, version
from catalog.services import qc as gates
from channels.models import Channel, Extra, Plan
from channels.platforms import base
from channels.rules import extra, plan, publication
from channels.services import accounts, approving, planning
from config.demo import seeding, titles
from config.kernel import clock, http
from config.kernel.errors import ProductError
from moderation.models import Ticket
from moderation.rules import ticket
from moderation.services import ticketing

log = logging.getLogger("dramaport.crew")

PLAN_AHEAD = timedelta(hours=6)
PLAN_EVERY = timedelta(hours=1)
CLIPS_OF_AN_EDITION = seeding.EPISODES + 2
# Of the followers on paper, so many watch here: enough to hear complaints, few enough for one machine.
AUDIENCE_SHARE = 8
ACKNOWLEDGE_AFTER = timedelta(minutes=10)
MEND_AFTER = timedelta(minutes=70)
IDS = {"youtube": "external_id", "tiktok_open": "open_id", "tiktok_accounts": "business_id"}


def work() -> list[str]:
    """One round of everybody's work. Returns what was done, in words. Each kind of work fails alone."""
    done: list[str] = []
    for one in WORK:
        try:
            done += one()
        except (ProductError, OSError) as refusal:
            log.warning("%s: %s", one.__name__, refusal)
    return done


def _planner() -> User:
    return User.objects.get(username=seeding.PLANNER)


def _person(role: str) -> User:
    return User.objects.get(username=seeding.PEOPLE[role])


def _sandbox(path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = http.session(timeout=(2, 30)).post(f"{os.environ['DEMO_SANDBOX']}/_control/{path}", json=body)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def connect_channels() -> list[str]:
    """Open an account for every channel at the stand-in platforms and connect it, as its owner would."""
    waiting = list(Channel.objects.filter(grants=None).select_related("api_client"))
    for client in {channel.api_client for channel in waiting}:
        _sandbox("clients", {"client_id": client.client_id, "secret": client.client_secret})
    for channel in waiting:
        _connect(channel)
    return [f"connected {len(waiting)} channels"] if waiting else []


def _connect(channel: Channel) -> None:
    account = _sandbox(
        "accounts",
        {
            "platform": channel.platform,
            "handle": channel.name.removeprefix("@"),
            "title": channel.name,
            "language": channel.language,
            "country": channel.countries[0],
            "audience": (channel.followers or AUDIENCE_SHARE) // AUDIENCE_SHARE,
            "clients": [channel.api_client.client_id],
        },
    )
    for family, pair in account["tokens"][channel.api_client.client_id].items():
        grant = _grant(pair, account_id=str(account[IDS[family]]))
        accounts.connect(channel, family=family, grant=grant, by=_person("manager"))


def _grant(pair: dict[str, Any], *, account_id: str) -> base.Grant:
    now = clock.now()
    life = pair["refresh_expires_in"]
    return base.Grant(
        access_token=pair["access_token"],
        refresh_token=pair["refresh_token"],
        expires_at=datetime.fromisoformat(pair["expires_at"]),
        refresh_expires_at=now + timedelta(seconds=life) if life else None,
        scopes=tuple(pair["scope"].replace(",", " ").split()),
        account_id=account_id,
    )


def watch_deliveries() -> list[str]:
    """Production watches what the machine has checked, and lets it pass: even a good ear misses three seconds."""
    unheard = QCCheck.objects.filter(is_automatic=True, verdict=qc.Verdict.PENDING).values("version")
    waiting = QCCheck.objects.filter(
        gate=qc.Gate.WATCHED, verdict=qc.Verdict.PENDING, version__status=version.Status.CHECKING
    ).exclude(version__in=unheard)
    for check in waiting.select_related("version"):
        gates.judge(check, verdict=qc.Verdict.PASSED, evidence="watched at double speed", by=_person("production"))
    return [f"watched {len(waiting)} deliveries"] if waiting else []


def deliver_more() -> list[str]:
    """The next vendor hands in an edition, one at a time and only while nothing else is being cut."""
    if _still_cutting() or not Plan.objects.exists():
        return []
    edition = seeding.undelivered().first()
    if edition is None:
        return []
    seeding.films(progress=lambda: None, most=1)
    return [f"delivered {edition}"]


def plan_ahead() -> list[str]:
    """The crew's planner plans the next hours once there is enough to show, and again every few hours."""
    now = clock.now()
    if not Channel.objects.active().exists():
        return []
    last = Plan.objects.filter(kind=plan.Kind.FRESH, made_by=_planner()).order_by("-made_at").first()
    if last and now - last.made_at < PLAN_EVERY:
        return []
    if last is None and not _curtain_is_ready():
        return []
    made = planning.make(starts_at=now, ends_at=now + PLAN_AHEAD, by=_planner())
    return [f"planned {made.publications.count()} publications"]


def approve_plans() -> list[str]:
    """The manager approves what the crew planned, for what needs two people another operator too. What a visitor
    planned waits for a visitor.
    """
    said: list[str] = []
    for made in Plan.objects.filter(status=plan.Status.DRAFT, kind=plan.Kind.FRESH, made_by=_planner()):
        for person in (_person("manager"), User.objects.get(username=seeding.SECOND_OPERATOR)):
            if made.status == plan.Status.DRAFT:
                said.append(f"{person} approved {approving.approve(made, by=person)} publications")
    return said


def _curtain_is_ready() -> bool:
    """Enough to show: the wounded edition whole, and something beside it."""
    wound = titles.WOUND
    ready = Clip.objects.ready()
    hurt = ready.filter(edition__drama__code=wound.code, edition__language=wound.language)
    return not _still_cutting() or (hurt.count() >= CLIPS_OF_AN_EDITION and ready.count() >= 2 * CLIPS_OF_AN_EDITION)


def _still_cutting() -> bool:
    busy = QCCheck.objects.filter(version__status__in=[version.Status.DRAFT, version.Status.CHECKING])
    return busy.exists() or Clip.objects.filter(status=clip.Status.WAITING).exists()


def answer_tickets() -> list[str]:
    """The vendors acknowledge; they mend what is really wrong, and reject what is not, with a reason."""
    now = clock.now()
    said: list[str] = []
    for one in Ticket.objects.filter(status__in=ticket.UNSOLVED).select_related("version__edition__drama", "vendor"):
        vendor = User.objects.filter(partner_membership__partner=one.vendor).first() or _person("production")
        if one.status != ticket.Status.ACKNOWLEDGED and now - one.opened_at > ACKNOWLEDGE_AFTER:
            ticketing.acknowledge(one, by=vendor)
            said.append(f"{one}: acknowledged")
        elif one.status == ticket.Status.ACKNOWLEDGED and now - one.opened_at > MEND_AFTER:
            said.append(_mend(one, by=vendor))
    return said


def _mend(one: Ticket, *, by: User) -> str:
    edition = one.version.edition
    wound = titles.WOUND
    if one.version.number < edition.versions.count():
        ticketing.reject(one, why=f"Mended already, in version {edition.versions.count()}.", by=by)
        return f"{one}: rejected"
    if (edition.drama.code, edition.language, one.label) != (wound.code, wound.language, "dubbing"):
        ticketing.reject(one, why="Listened to again: the file is as it should be.", by=by)
        return f"{one}: rejected"
    with tempfile.TemporaryDirectory() as folder:
        path = seeding.shoot(edition, wound.episode, Path(folder), mended=True)
        with path.open("rb") as film:
            files = {wound.episode: File(film, name=path.name)}
            ticketing.deliver(one, files=files, note="Lost lines recorded again.", by=by)
    return f"{one}: fix delivered"


def take_down_by_hand() -> list[str]:
    """Where a platform has no call for it, a person deletes the video in the platform's own app."""
    waiting = Extra.objects.filter(
        kind=extra.Kind.TAKE_DOWN, status=extra.Status.BY_HAND, publication__status=publication.Status.PUBLISHED
    ).select_related("publication")
    for one in waiting:
        with contextlib.suppress(OSError):
            _sandbox("delete-by-hand", {"external_id": one.publication.external_id})
    return [f"deleted {len(waiting)} videos by hand"] if waiting else []


WORK = (
    connect_channels,
    watch_deliveries,
    plan_ahead,
    approve_plans,
    answer_tickets,
    take_down_by_hand,
    deliver_more,
)
