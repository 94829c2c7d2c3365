"""The models of the client data centre's rooms, gathered for Django."""

from clients.contacts.models import ServiceRecord
from clients.feeds.models import FeedBatch, StaffPost
from clients.ledger.models import Alert, AssetSnapshot, CashFlow, Trade
from clients.profile.models import Client, ClientWishes
from clients.segmentation.models import (
    BranchCut,
    Composition,
    Policy,
    Run,
    RunResult,
    SegmentChange,
    Standing,
    TrialResult,
)
from clients.suitability.models import PermissionRequest, RiskAssessment

__all__ = [
    "Alert",
    "AssetSnapshot",
    "BranchCut",
    "CashFlow",
    "Client",
    "ClientWishes",
    "Composition",
    "FeedBatch",
    "PermissionRequest",
    "Policy",
    "RiskAssessment",
    "Run",
    "RunResult",
    "SegmentChange",
    "ServiceRecord",
    "StaffPost",
    "Standing",
    "Trade",
    "TrialResult",
]
