"""What makes calls of each kind of reason: when, from where, and how a sample of it is drawn."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from callbacks.calls.choices import ReasonKind
from callbacks.plans.sql import candidates


class Trigger(enum.Enum):
    """When a plan looks for clients."""

    RUN = "run"  # after each segmentation run
    REQUESTS = "requests"  # after each file of permission requests
    DAY = "day"  # every morning
    MONTH = "month"  # at the beginning of a month
    COMPLAINT = "complaint"  # when a complaint has been answered
    HAND = "hand"  # when somebody asks for it


class Sampling(enum.Enum):
    """`EACH`: every subject by itself falls into the share or not. `STRATUM`: of each stratum so many."""

    EACH = "each"
    STRATUM = "stratum"


@dataclass(frozen=True)
class Source:
    """`closed_too`: closed clients are called as well."""

    trigger: Trigger
    sql: str
    sampling: Sampling = Sampling.EACH
    closed_too: bool = False


SOURCES: dict[str, Source] = {
    ReasonKind.MOVEMENT: Source(Trigger.RUN, candidates.MOVEMENT),
    ReasonKind.COMPLAINT_ANSWERED: Source(Trigger.COMPLAINT, candidates.COMPLAINT_ANSWERED, closed_too=True),
    ReasonKind.PERMISSION: Source(Trigger.REQUESTS, candidates.PERMISSION),
    ReasonKind.NEW_CLIENT: Source(Trigger.RUN, candidates.NEW_CLIENT),
    ReasonKind.AT_RISK: Source(Trigger.RUN, candidates.AT_RISK),
    ReasonKind.CORE: Source(Trigger.RUN, candidates.CORE),
    ReasonKind.MANAGER_CHANGED: Source(Trigger.DAY, candidates.MANAGER_CHANGED),
    ReasonKind.RISK_EXPIRY: Source(Trigger.DAY, candidates.RISK_EXPIRY),
    ReasonKind.DORMANT: Source(Trigger.RUN, candidates.DORMANT),
    ReasonKind.CONDUCT_SAMPLE: Source(Trigger.MONTH, candidates.CONDUCT_SAMPLE, Sampling.STRATUM),
    ReasonKind.COVERAGE: Source(Trigger.MONTH, candidates.COVERAGE, Sampling.STRATUM),
    ReasonKind.ASSIGNED: Source(Trigger.HAND, candidates.ASSIGNED),
}
# The reasons that outlive a closed account.
OUTLIVES_CLOSING = (*(kind for kind, source in SOURCES.items() if source.closed_too), ReasonKind.CONDUCT_SAMPLE)


def kinds_of(trigger: Trigger) -> list[str]:
    return [kind for kind, source in SOURCES.items() if source.trigger is trigger]
