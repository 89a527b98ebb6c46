"""The pages of viewers and tickets."""

from moderation.admin import comment, replacement, ticket, watch

__all__ = ["comment", "replacement", "ticket", "watch"]
