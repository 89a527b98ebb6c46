"""The desk of the channels: one file for each noun."""

from channels.admin import api_client, batch, change, channel, grant, hold, plan, policy_pack, publication, quota, run

__all__ = [
    "api_client",
    "batch",
    "change",
    "channel",
    "grant",
    "hold",
    "plan",
    "policy_pack",
    "publication",
    "quota",
    "run",
]
