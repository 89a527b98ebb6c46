"""Facts of the channels that upper rooms wait for. Receivers only enqueue."""

from __future__ import annotations

from django.dispatch import Signal

# publication: the Publication that viewers can see now; sent inside the transaction that said so.
publication_published = Signal()

# publication: the Publication that is not shown any more, whether we took it down or it vanished.
publication_withdrawn = Signal()

# publication: the Publication of which it is certain that it is not there and will not come by itself.
publication_failed = Signal()

# publication: the Publication that missed its time and waits to be planned anew.
publication_missed = Signal()

# channel: the Channel that was switched on or off, by a person, by the platform or by a rule of ours.
channel_switched = Signal()
