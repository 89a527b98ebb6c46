"""What is asked of the calendar, read from JSON. Every value is checked for its kind before anything is looked up.

Raises BadRequest with the sentence for whoever sent it: such a wish says nothing that could be judged.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _

from channels.admin.calendar import asked as asking
from channels.rules import calendar
from channels.rules.calendar import Clock

MOST = 500
LARGEST = 2**63
Said = Mapping[str, Any]


def read(request: HttpRequest, *, deeds: Collection[str]) -> Said:
    """The wish, which names one of `deeds`."""
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError, RawPostDataException, RequestDataTooBig) as error:
        raise BadRequest(_("This is no wish in JSON, or it is too large.")) from error
    if not isinstance(said, dict):
        raise BadRequest(_("A wish is an object with a deed."))
    if not isinstance(said.get("deed"), str) or said["deed"] not in deeds:
        raise BadRequest(_("The deed must be one of: %(deeds)s.") % {"deeds": ", ".join(deeds)})
    if said.get("clock") not in (None, *Clock.values):
        raise BadRequest(_("The clock must be one of: %(clocks)s.") % {"clocks": ", ".join(Clock.values)})
    return said


def publications(said: Said) -> list[int]:
    """The keys of the publications that are spoken of, each once, in the order given."""
    keys = said.get("publications")
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST or not all(is_key(key) for key in keys):
        raise BadRequest(_("Publications are a list of 1 to %(most)d whole numbers.") % {"most": MOST})
    return list(dict.fromkeys(keys))


def batch(said: Said) -> int:
    key = said.get("batch")
    if not is_key(key):
        raise BadRequest(_("The list to be taken back is a whole number."))
    return int(key)


def is_key(value: Any) -> bool:
    return type(value) is int and 0 < value < LARGEST


def why(said: Said) -> str:
    """'' when none is given."""
    text = said.get("why", "")
    if not isinstance(text, str) or "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise BadRequest(_("The reason is not a text."))
    return text.strip()[:300]


def day(said: Said) -> date:
    text = said.get("day")
    try:
        found = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or not _is_known(found):
        raise BadRequest(_("The day is written like 2026-03-04."))
    return found


def moment(said: Said) -> datetime:
    """As it is written: with an offset, or as a time of some wall clock."""
    text = said.get("at")
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or not _is_known(found.date()):
        raise BadRequest(_("This is not a time. It is written like 2026-03-04T18:30."))
    return found


def hour(said: Said) -> tuple[int, int | None]:
    """An hour of the day, and which of the two it is on a night that has it twice; None: both."""
    number, fold = said.get("hour"), said.get("fold")
    if type(number) is not int or number not in calendar.HOURS:
        raise BadRequest(_("The hour is a whole number from 0 to 23."))
    if fold is not None and (type(fold) is not int or fold not in (0, 1)):
        raise BadRequest(_("Which of two equal hours is meant is said with 0 or 1."))
    return number, fold


def _is_known(found: date) -> bool:
    return asking.FIRST <= found < asking.LAST
