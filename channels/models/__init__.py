from channels.models.api_client import ApiClient
from channels.models.approval import Approval, Batch, BatchLine
from channels.models.channel import Channel, PostingRule
from channels.models.grant import Grant
from channels.models.hold import Hold
from channels.models.plan import NotPlaced, Plan, PlanChange, Run
from channels.models.policy_pack import PolicyPack
from channels.models.publication import Extra, Observation, Preflight, Publication
from channels.models.quota import QuotaEntry, QuotaWindow
from channels.models.upload import UploadSession

__all__ = [
    "ApiClient",
    "Approval",
    "Batch",
    "BatchLine",
    "Channel",
    "Extra",
    "Grant",
    "Hold",
    "NotPlaced",
    "Observation",
    "Plan",
    "PlanChange",
    "PolicyPack",
    "PostingRule",
    "Preflight",
    "Publication",
    "QuotaEntry",
    "QuotaWindow",
    "Run",
    "UploadSession",
]
