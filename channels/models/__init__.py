from channels.models.api_client import ApiClient
from channels.models.channel import Channel, PostingRule
from channels.models.grant import Grant
from channels.models.plan import NotPlaced, Plan, Run
from channels.models.publication import Extra, Observation, PreflightCheck, Publication
from channels.models.quota import QuotaEntry, QuotaWindow
from channels.models.upload import UploadSession

__all__ = [
    "ApiClient",
    "Channel",
    "Extra",
    "Grant",
    "NotPlaced",
    "Observation",
    "Plan",
    "PostingRule",
    "PreflightCheck",
    "Publication",
    "QuotaEntry",
    "QuotaWindow",
    "Run",
    "UploadSession",
]
