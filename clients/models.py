"""The models of the client data centre's rooms, gathered for Django."""

from clients.contacts.models import ServiceRecord
from clients.feeds.models import FeedBatch
from clients.ledger.models import Alert, AssetSnapshot, CashFlow, Trade
from clients.profile.models import Client, ClientWishes
from clients.segmentation.models import Policy, Run, RunResult, SegmentChange, Standing
from clients.suitability.models import PermissionRequest, RiskAssessment

__all__ = [
    "Alert",
    "AssetSnapshot",
    "CashFlow",
    "Client",
    "ClientWishes",
    "FeedBatch",
    "PermissionRequest",
    "Policy",
    "RiskAssessment",
    "Run",
    "RunResult",
    "SegmentChange",
    "ServiceRecord",
    "Standing",
    "Trade",
]
