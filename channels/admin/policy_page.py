"""What the pages of a policy pack show: its rules in words, its versions, what it holds, and what it would hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page as Leaf
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.admin import showing
from channels.models import PolicyPack, Publication
from channels.rules import reasons
from channels.rules.policies import demands
from channels.rules.policies.packs import Rule
from channels.rules.policies.words import Severity
from channels.rules.policy_pack import Status
from channels.services import policies, policy_holds, policy_packs, policy_trying
from channels.services.policy_trying import Preview, Tally
from config.kernel import languages, lifecycle

COLOURS = {Status.DRAFT: "warning", Status.ON: "success"}
HELD_ROWS = 25
CHANNEL_ROWS = 40


@dataclass(frozen=True)
class RuleLine:
    name: str
    kind: str
    demand: str
    severity: SafeString
    days: str
    why: str


@dataclass(frozen=True)
class HeldLine:
    key: int
    title: SafeString
    channel: SafeString | str
    due: SafeString | str
    refusals: list[str]


def badge(row: PolicyPack) -> SafeString:
    return showing.badge(row.get_status_display(), COLOURS.get(Status(row.status), ""))


def scope(row: PolicyPack) -> str:
    """“TikTok · ID, MY · Indonesian”, or that it is for everything."""
    parts = [
        row.get_platform_display() if row.platform else "",
        ", ".join(row.countries),
        ", ".join(languages.name(tag) for tag in row.languages),
    ]
    return " · ".join(filter(None, parts)) or _("everywhere")


def days(row: PolicyPack) -> str:
    if row.ends_on:
        return _("%(start)s to %(end)s") % {"start": row.starts_on, "end": row.ends_on}
    return _("from %(start)s") % {"start": row.starts_on}


def reading(request: HttpRequest, row: PolicyPack) -> dict[str, Any]:
    """What the page of one pack shows."""
    held = policy_holds.held_by(row).select_related("channel", "clip__edition__drama")
    leaf = Paginator(held, HELD_ROWS).get_page(request.GET.get("held"))
    return {
        "pack": row,
        "badge": badge(row),
        "scope": scope(row),
        "days": days(row),
        "lines": [rule_line(one) for one in policies.rules_of(row)],
        "channel_count": len(policies.channels_of(row)),
        "versions": [(one, badge(one), days(one)) for one in PolicyPack.objects.filter(code=row.code)],
        "history": [(move, dict(Status.choices).get(move.to_status, "")) for move in lifecycle.history(row)],
        "held": leaf,
        "held_lines": held_lines(leaf),
        "former": row.succeeds,
        "may_change": request.user.has_perm("channels.change_policypack"),
        "may_switch": request.user.has_perm("channels.switch_policypack"),
    }


def rule_line(rule: Rule) -> RuleLine:
    is_warning = rule.severity == Severity.WARN
    return RuleLine(
        name=rule.code,
        kind=str(rule.kind.name.label),
        demand=demands.demand(rule),
        severity=showing.badge(rule.severity.label, "warning" if is_warning else "primary"),
        days=_rule_days(rule),
        why=rule.why,
    )


def _rule_days(rule: Rule) -> str:
    if rule.starts_on and rule.ends_on:
        return _("%(start)s to %(end)s") % {"start": rule.starts_on, "end": rule.ends_on}
    if rule.starts_on:
        return _("from %(start)s") % {"start": rule.starts_on}
    return _("until %(end)s") % {"end": rule.ends_on} if rule.ends_on else ""


def held_lines(leaf: Leaf) -> list[HeldLine]:
    rows: list[Publication] = list(leaf.object_list)
    verdicts = policy_holds.refusals_of(rows)
    return [
        HeldLine(
            key=row.pk,
            title=showing.page_of(row, row.title),  # type: ignore[arg-type]
            channel=showing.page_of(row.channel),
            due=showing.both_times(row.due_at, row.channel.time_zone),
            refusals=[reasons.sentence(one.reason) for one in verdicts.get(row.pk, [])],
        )
        for row in rows
    ]


def trying(row: PolicyPack) -> dict[str, Any]:
    """What the pack would do to the queue, beside the version in force."""
    found = policy_trying.preview(row)
    seen = policy_packs.seen(row)
    return {
        "pack": row,
        "badge": badge(row),
        "scope": scope(row),
        "days": days(row),
        "found": found,
        "held_count": len(found.held),
        "present": policy_packs.in_force(row.code),
        "seen": seen,
        "rules": _failing(row, found),
        "channels": [(showing_channel(one), one) for one in found.channels[:CHANNEL_ROWS]],
        "more_channels": max(0, len(found.channels) - CHANNEL_ROWS),
        "examples": [_example(one) for one in found.examples],
        "button": _button(len(found.held)),
    }


def showing_channel(tally: Tally) -> SafeString | str:
    address = reverse("admin:channels_publication_changelist")
    return showing.link(f"{address}?channel__id__exact={tally.key}&status__in=proposed,approved", tally.name)


@dataclass(frozen=True)
class Failing:
    """One rule in the numbers of a trial. `before_noted`: under the version in force it only warns."""

    name: str
    demand: str
    severity: SafeString | str
    count: int
    before: int
    before_noted: bool


def _failing(row: PolicyPack, found: Preview) -> list[Failing]:
    """By rule, whatever its severity was in the version before."""
    told = {rule.code: rule for rule in policies.rules_of(row)}
    holding, noted = ({one.key: one for one in some} for some in (found.rules, found.warnings))
    names = list(dict.fromkeys([*holding, *noted]))
    return [_line(name, told.get(name), holding.get(name), noted.get(name)) for name in names]


def _line(name: str, rule: Rule | None, holding: Tally | None, noted: Tally | None) -> Failing:
    both = [one for one in (holding, noted) if one]
    is_warning = rule is not None and rule.severity == Severity.WARN
    return Failing(
        name=name,
        demand=demands.demand(rule) if rule else _("Only in the version in force."),
        severity=showing.badge(rule.severity.label, "warning" if is_warning else "primary") if rule else "",
        count=sum(one.count for one in both),
        before=sum(one.before for one in both),
        before_noted=bool(noted and noted.before),
    )


def _example(one: policy_trying.Example) -> dict[str, Any]:
    return {
        "title": showing.link(reverse("admin:channels_publication_change", args=[one.key]), one.title or "–"),
        "channel": one.channel,
        "due": showing.at_utc(one.due_at),
        "reasons": [reasons.sentence(reason) for reason in one.reasons],
        "is_new": one.is_new,
    }


def _button(count: int) -> str:
    if not count:
        return _("Switch on (nothing is held)")
    return ngettext("Switch on and hold %(n)d", "Switch on and hold %(n)d", count) % {"n": count}
