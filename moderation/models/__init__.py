from moderation.models.comment import Comment, Verdict
from moderation.models.replacement import Replacement
from moderation.models.ticket import Evidence, Proof, Ticket, TicketNote
from moderation.models.watch import HarvestRun, Watch

__all__ = [
    "Comment",
    "Evidence",
    "HarvestRun",
    "Proof",
    "Replacement",
    "Ticket",
    "TicketNote",
    "Verdict",
    "Watch",
]
