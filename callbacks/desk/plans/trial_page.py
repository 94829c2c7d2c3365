"""What a trial found, as its panel shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from callbacks.calls.models import CallReason
from callbacks.desk.plans.pages import FATE_WORDS, SHOWN, Count, calls_in
from callbacks.desk.sentences import sentence
from callbacks.plans.pipeline import FATES
from callbacks.plans.trials import Trial
from clients.profile.models import Client
from clients.profile.policies import shown_name
from crm.organisation.models import Unit, User
from crm.web.templatetags.ui import grouped


@dataclass(frozen=True)
class TrialLine:
    number: str
    name: str
    why: str
    due: dt.datetime
    fate: str | Promise


def trial_context(found: Trial, user: User) -> dict[str, Any]:
    """What a trial found, for its panel: counts, by branch, by day, and examples in the reader's scope."""
    fates = [fate for fate in FATES if found.counts.get(fate)]
    names = dict(Unit.objects.filter(pk__in=[branch for branch, _counts in found.branches]).values_list("pk", "name"))
    branches = [
        (names.get(branch, "–"), [counts.get(fate, 0) for fate in fates], calls_in(counts))
        for branch, counts in found.branches
    ]
    days: dict[str, dict[str, int]] = {}
    for day, fate, number in found.days:
        days.setdefault(day, {})[fate] = number
    by_day = [fate for fate in SHOWN if any(fate in counts for counts in days.values())]
    return {
        "found": found,
        "calls": calls_in(found.counts),
        "counts": [Count(FATE_WORDS[fate], found.counts[fate]) for fate in ("candidates", *fates)],
        "fates": [FATE_WORDS[fate] for fate in fates],
        "branches": sorted(branches, key=lambda line: (-line[2], line[0])),
        "day_fates": [FATE_WORDS[fate] for fate in by_day],
        "days": [
            (dt.date.fromisoformat(day), [counts.get(fate, 0) for fate in by_day]) for day, counts in days.items()
        ],
        "lines": _trial_lines(found, user),
    }


def _trial_lines(found: Trial, user: User) -> list[TrialLine]:
    clients = Client.objects.visible_to(user).in_bulk([line.client for line in found.lines])
    return [
        TrialLine(
            number=grouped(client.client_no),
            name=shown_name(client.name, client.kind, clear=False),
            why=sentence(CallReason(kind=found.kind, facts=line.facts)),
            due=dt.datetime.fromisoformat(line.due),
            fate=FATE_WORDS[line.fate],
        )
        for line in found.lines
        if (client := clients.get(line.client))
    ]
