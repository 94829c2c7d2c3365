"""The models of the callbacks' rooms, gathered for Django."""

from callbacks.calls.models import Answer, Attempt, Call, CallReason, Concern, HandOver, OutcomeCode
from callbacks.enquiries.models import Enquiry
from callbacks.plans.models import CoverageBase, Making, Plan
from callbacks.queue.models import Skill, Skip
from callbacks.recordings.models import Mark, Recording, Take, TelephonyCommand, TelephonyEvent
from callbacks.scripts.models import Script, ScriptVersion

__all__ = [
    "Answer",
    "Attempt",
    "Call",
    "CallReason",
    "Concern",
    "CoverageBase",
    "Enquiry",
    "HandOver",
    "Making",
    "Mark",
    "OutcomeCode",
    "Plan",
    "Recording",
    "Script",
    "ScriptVersion",
    "Skill",
    "Skip",
    "Take",
    "TelephonyCommand",
    "TelephonyEvent",
]
