"""The calendar: what goes out where and when, to be read at a glance and changed by hand."""

from __future__ import annotations

from channels.admin.calendar.page import urls

__all__ = ["urls"]
