"""Facts of this app for rooms above it. Receivers only enqueue."""

from __future__ import annotations

from django.dispatch import Signal

# ticket: the Ticket that was opened, or that changed its status; sent inside the transaction that made it so.
ticket_opened = Signal()
ticket_moved = Signal()
