"""What the page of one plan shows: how good it is, how full channels get, what each day takes, what was left out."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page as Leaf
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from channels.admin import plan_figures, showing
from channels.models import NotPlaced, Plan, Publication
from channels.rules import plan as life
from config.kernel import lifecycle

ROWS = 60
LEFT_OUT_ROWS = 25
BARS = 60
STEPS: dict[str, tuple[Any, int]] = {
    "read": (gettext_lazy("Reading channels, editions, rights and quotas"), 0),
    "place": (gettext_lazy("Choosing channels and times"), 30),
    "bound": (gettext_lazy("Working out how good a plan can be at all"), 60),
    "write": (gettext_lazy("Writing the plan down"), 80),
}
"""What the planner is at, and how much of the work lies before it, in per cent."""


def progress(plan: Plan) -> dict[str, Any]:
    """How far a plan is that is being made. `made` True: there is something else to show now."""
    sentence, before = STEPS.get(str(plan.progress.get("step", "")), (gettext_lazy("Waiting for a worker"), 0))
    whole = int(plan.progress.get("of") or 0)
    after = min((start for _words, start in STEPS.values() if start > before), default=100)
    share = min(int(plan.progress.get("done") or 0) / whole, 1) if whole else 0
    return {
        "made": plan.status != life.Status.MAKING,
        "percent": round(before + (after - before) * share),
        "sentence": str(sentence),
    }


def reading(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    if plan.status in {life.Status.MAKING, life.Status.FAILED}:
        return {"plan": plan, "failed": plan.status == life.Status.FAILED, **progress(plan)}
    return {**_head(request, plan), **_fullness(plan), **_items(request, plan), **_left(request, plan)}


def percent(score: int | None, bound: int | None) -> str:
    """How much of the best that is possible the plan reaches; rounded down, so that it never claims too much."""
    if score is None or not bound:
        return "–"
    return f"{formats.number_format(score * 1000 // bound / 10, 1)} %"


def _head(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    bound = plan.bound or 0
    return {
        "plan": plan,
        "is_draft": plan.status == life.Status.DRAFT,
        "may_approve": request.user.has_perm("channels.approve_plan"),
        "is_own": plan.made_by_id == request.user.pk,
        "approved": plan.publications.exclude(approved_at=None).count() if plan.status == life.Status.DRAFT else 0,
        "status": showing.badge(plan.get_status_display(), showing.PLAN.get(plan.status, "")),
        "statuses": plan_figures.statuses(plan),
        "share": percent(plan.score, plan.bound),
        "score": _whole((plan.score or 0) // 100),
        "bound": _whole(bound // 100 if plan.score == bound else -(-bound // 100)),
        "seconds": plan.summary.get("seconds"),
        "history": lifecycle.history(plan) if request.user.has_perm("kernel.view_statuschange") else [],
    }


def _whole(number: int) -> str:
    return formats.number_format(number, force_grouping=True)


def _fullness(plan: Plan) -> dict[str, Any]:
    fills = plan_figures.fill(plan)
    languages, niches = plan_figures.coverage(plan, fills)
    return {
        "fills": [(one, showing.bar(one.placed, one.slots)) for one in fills[:BARS]],
        "choices": sorted((one.channel for one in fills), key=lambda channel: channel.name),
        "more_fills": max(0, len(fills) - BARS),
        "strips": plan_figures.strips(plan),
        "languages": [(one, showing.bar(one.placed, one.slots)) for one in languages],
        "niches": [(one, showing.bar(one.placed, one.slots)) for one in niches[:BARS]],
        "more_niches": max(0, len(niches) - BARS),
        "overlaps": plan_figures.overlaps(plan),
    }


def _items(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    chosen = request.GET.get("channel", "")
    rows = _leaf(request, "page", _rows(plan, chosen), ROWS)
    return {
        "chosen": plan_figures.channel_of(plan, chosen),
        "rows": rows,
        "days": plan_figures.days(rows.object_list),
    }


def _left(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    rule = request.GET.get("rule", "")
    by_rule = plan_figures.rules(plan)
    left = _leaf(request, "left", _left_out(plan, rule), LEFT_OUT_ROWS)
    return {
        "rules": by_rule,
        "rule": rule,
        "left_out": left,
        "left_out_count": sum(one.count for one in by_rule),
        "left_lines": [_left_line(one) for one in left.object_list],
    }


def _left_line(row: NotPlaced) -> tuple[str, SafeString | str, SafeString | str, str, str]:
    what = showing.page_of(row.clip or row.edition)
    return plan_figures.rule_name(row.rule), what, showing.page_of(row.channel), row.sentence, row.remedy_sentence


def _rows(plan: Plan, chosen: str) -> QuerySet[Publication]:
    found = Publication.objects.filter(plan=plan).select_related("channel", "clip__edition__drama")
    if plan_figures.is_key(chosen):
        found = found.filter(channel_id=int(chosen))
    return found.order_by("channel__name", "due_at", "pk")


def _left_out(plan: Plan, rule: str) -> QuerySet[NotPlaced]:
    found = NotPlaced.objects.filter(plan=plan).select_related("edition__drama", "clip__edition__drama", "channel")
    return (found.filter(rule=rule) if rule else found).order_by("rule", "pk")


def _leaf(request: HttpRequest, name: str, rows: QuerySet[Any], size: int) -> Leaf:
    return Paginator(rows, size).get_page(request.GET.get(name))
