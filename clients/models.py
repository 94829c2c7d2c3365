"""The models of the client data centre's rooms, gathered for Django."""

from clients.care.models import Handover, ManagerAssignment
from clients.contacts.models import FollowUp, ServiceRecord
from clients.corrections.models import Correction, CorrectionFile
from clients.feeds.models import FeedBatch, StaffPost
from clients.ledger.models import Alert, AssetSnapshot, CashFlow, Trade
from clients.lists.models import BulkAction, ClientList, ClientListMember, ClientTag, Tag
from clients.profile.models import Client, ClientNote, ClientWishes, ExtraPhone
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
    "BulkAction",
    "CashFlow",
    "Client",
    "ClientList",
    "ClientListMember",
    "ClientNote",
    "ClientTag",
    "ClientWishes",
    "Composition",
    "Correction",
    "CorrectionFile",
    "ExtraPhone",
    "FeedBatch",
    "FollowUp",
    "Handover",
    "ManagerAssignment",
    "PermissionRequest",
    "Policy",
    "RiskAssessment",
    "Run",
    "RunResult",
    "SegmentChange",
    "ServiceRecord",
    "StaffPost",
    "Standing",
    "Tag",
    "Trade",
    "TrialResult",
]
