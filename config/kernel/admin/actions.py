"""How an admin action tells its outcome: how many were done, skipped (already so) and refused, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kernel.errors import ProductError

MOST_REASONS = 5


def carry_out(
    request: HttpRequest, rows: Iterable[Any], do: Callable[[Any], bool | None], *, tells: bool = False
) -> None:
    """Call `do` once for each row and report. `do` returns False for "already so" and raises ProductError to refuse.

    `tells`: what `do` does tells its own outcome, so that only refusals are reported here.
    """
    done = skipped = 0
    refused: Counter[str] = Counter()
    for row in rows:
        try:
            if do(row) is False:
                skipped += 1
            else:
                done += 1
        except ProductError as error:
            refused[f"{row}: {error}"] += 1
    if not (tells and done):
        _report(request, done=done, skipped=skipped, refused=refused)


def _report(request: HttpRequest, *, done: int, skipped: int, refused: Counter[str]) -> None:
    if done + skipped + refused.total() == 1:
        _report_one(request, done=bool(done), refused=refused)
        return
    summary = _("%(done)d done, %(skipped)d skipped (already so), %(refused)d refused.") % {
        "done": done,
        "skipped": skipped,
        "refused": refused.total(),
    }
    level = messages.SUCCESS if not refused else messages.WARNING
    messages.add_message(request, level, summary)
    for reason in list(refused)[:MOST_REASONS]:
        messages.error(request, reason)
    if len(refused) > MOST_REASONS:
        rest = len(refused) - MOST_REASONS
        messages.error(
            request,
            ngettext("… and %(n)d more.", "… and %(n)d more.", rest) % {"n": rest},
        )


def _report_one(request: HttpRequest, *, done: bool, refused: Counter[str]) -> None:
    """Of a single row nobody wants a count."""
    for reason in refused:
        messages.error(request, reason)
    if done:
        messages.success(request, _("Done."))
    elif not refused:
        messages.info(request, _("It was so already; nothing was changed."))
