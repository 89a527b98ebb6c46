"""The planner's reasons in words: why here, why not, and what would have to change. Codes with facts come in."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

ORDER, NOT_CUT, RIGHTS, GAP, SAMENESS, TWICE = "order", "not_cut", "rights", "drama_gap", "sameness", "twice"
DAILY_CAP, ACCOUNT_CAP, BUDGET, NO_SLOT, FULL = (
    "daily_cap",
    "account_cap",
    "client_budget",
    "no_slot",
    "channel_full",
)
ELSEWHERE = "runs_elsewhere"
NO_GAP = "no_gap"
RULES = (ORDER, NOT_CUT, RIGHTS, GAP, SAMENESS, TWICE, DAILY_CAP, ACCOUNT_CAP, BUDGET, NO_SLOT, FULL, ELSEWHERE)

SENTENCES: dict[str, Callable[[], str]] = {
    # why here
    "planner_next": lambda: _("%(clip)s is the next of its run, number %(n)d of at most %(cap)d that day."),
    # why not
    "planner_order": lambda: _("%(clip)s: earlier clips of its run on %(channel)s go out until %(until)s UTC."),
    "planner_no_gap": lambda: _(
        "%(clip)s comes before %(later)s, and %(channel)s has no time for it until that goes out at %(until)s UTC."
    ),
    "planner_not_cut": lambda: _("%(clip)s is not cut yet, and holds back what comes after it."),
    "planner_rights": lambda: _("%(clip)s: where %(channel)s has free slots (%(day_on)s) the rights are not open."),
    "planner_drama_gap": lambda: _(
        "%(clip)s: %(channel)s keeps %(hours)s hours between clips of one drama; another one is at %(near)s UTC."
    ),
    "planner_sameness_channel": lambda: _(
        "%(clip)s: %(channel)s shows clips that look and sound alike at most %(most)d times in %(days)d days."
    ),
    "planner_sameness_language": lambda: _(
        "%(clip)s: clips that look and sound alike are shown at most %(most)d times in %(days)d days "
        "on the channels of one language."
    ),
    "planner_twice": lambda: _("%(clip)s is on %(channel)s already."),
    "planner_daily_cap": lambda: _("%(clip)s: %(channel)s posts at most %(cap)d a day, and %(day_on)s is full."),
    "planner_account_cap": lambda: _(
        "%(clip)s: the platform takes %(cap)d posts in 24 hours from the account of %(channel)s, "
        "and has them on %(day_on)s."
    ),
    "planner_client_budget": lambda: _(
        "%(clip)s: the API client %(client)s may upload %(budget)d a day, and %(day_on)s is spent."
    ),
    "planner_no_slot": lambda: _("%(clip)s: %(channel)s has no free slot in these days."),
    "planner_channel_full": lambda: _(
        "%(clip)s: the %(slots)d slots of %(channel)s that it could have go to clips worth more or planned before."
    ),
    "planner_runs_elsewhere": lambda: _("%(clip)s: its edition runs on another channel of %(platform)s already."),
    # what would place it
    "full_until": lambda: _(
        "%(channel)s is full until %(until_on)s: one more posting time, or more days, would place it."
    ),
    "rights_open_needed": lambda: _("Rights that are open on %(day_on)s would place it on %(channel)s."),
    "budget_needed": lambda: _("%(more)d more uploads a day for %(client)s would place it on %(day_on)s."),
    "cap_needed": lambda: _("%(channel)s would take it on %(day_on)s with %(cap)d posts a day."),
    "account_needed": lambda: _(
        "It would go out on %(day_on)s if the account of %(channel)s might post %(cap)d in 24 hours."
    ),
    "gap_needed": lambda: _("With %(hours)s hours between clips of one drama %(channel)s would take it on %(day_on)s."),
    "sameness_needed": lambda: _("With at most %(most)d alike in %(days)d days it would go out on %(day_on)s."),
    "earlier_needed": lambda: _("The clips before it must go out before %(until)s UTC."),
    "later_needed": lambda: _("Move %(later)s on %(channel)s to a later time, or cancel it."),
    "cut_needed": lambda: _("It is placed as soon as %(clip)s is cut."),
    "slot_needed": lambda: _("%(channel)s needs posting times in these days."),
    "end_run_needed": lambda: _("It could go to %(channel)s if its run on the other channel were ended."),
    "more_needed": lambda: _("Several rules stand against it at every slot; the nearest is %(day_on)s on %(channel)s."),
}
