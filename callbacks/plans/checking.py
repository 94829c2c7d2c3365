"""What keeps a plan from being used: fields that do not fit together, each said at its field."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from callbacks.calls.choices import ReasonKind
from callbacks.plans import filters
from callbacks.plans.choices import DueUnit, Overflow
from callbacks.plans.dates import FROM_OPENING
from callbacks.plans.models import Plan
from callbacks.scripts.choices import VersionState
from callbacks.scripts.models import Script

# The reasons that can be gone by themselves, and those whose time may count from an opening.
LAPSING = (
    ReasonKind.AT_RISK, ReasonKind.CORE, ReasonKind.DORMANT, ReasonKind.RISK_EXPIRY, ReasonKind.PERMISSION,
    ReasonKind.COVERAGE,
)  # fmt: skip
OPENING = (ReasonKind.NEW_CLIENT, ReasonKind.PERMISSION)
LIMITS = {
    "rank": (1, 999),
    "due_count": (0, 365),
    "warn_days": (0, 90),
    "quiet_days": (0, 60),
    "cooldown_days": (0, 730),
}
MOST_CAP = 10_000


def check_fields(plan: Plan) -> None:
    """Raises ValidationError, by field, for a plan that cannot make calls as it stands."""
    faults: dict[str, list[str]] = {}
    for field, words in _faults(plan):
        faults.setdefault(field, []).append(words)
    if faults:
        raise ValidationError(faults)


def check_script(script: Script, kind: str) -> None:
    """Raises ValidationError for a script that cannot be used for calls of `kind`."""
    if faults := [words for _field, words in _of_the_script(script, kind)]:
        raise ValidationError({"script": faults})


def _faults(plan: Plan) -> Iterator[tuple[str, str]]:
    if not plan.name.strip():
        yield "name", _("A plan needs a name.")
    if not 0 < plan.share <= 1:
        yield "share", _("More than 0 and at most 100 %.")
    for name, (low, high) in LIMITS.items():
        if not low <= getattr(plan, name) <= high:
            yield name, _("From %(least)s to %(most)s.") % {"least": low, "most": high}
    if plan.cap is not None and not 1 <= plan.cap <= MOST_CAP:
        yield "cap", _("From %(least)s to %(most)s.") % {"least": 1, "most": MOST_CAP}
    try:
        filters.parse(plan.filters, kind=plan.kind)
    except filters.FilterError as error:
        yield "filters", str(error)
    yield from _of_the_kind(plan)
    yield from _of_the_script(plan.script, plan.kind)


def _of_the_kind(plan: Plan) -> Iterator[tuple[str, str]]:
    if DueUnit(plan.due_unit) in FROM_OPENING and plan.kind not in OPENING:
        yield "due_unit", _("Only calls to new clients and about permissions count from the opening.")
    if plan.overflow == Overflow.SMS and plan.kind != ReasonKind.MOVEMENT:
        yield "overflow", _("Only movements are informed by SMS; others are called on the next days.")
    if plan.cap is not None and plan.kind == ReasonKind.COMPLAINT_ANSWERED:
        yield "cap", _("Who complained is called at once, however many they are.")
    if plan.lapses and plan.kind not in LAPSING:
        yield "lapses", _("This reason does not end by itself.")


def _of_the_script(script: Script, kind: str) -> Iterator[tuple[str, str]]:
    if kind not in script.kinds:
        yield "script", _("This script is not for this reason.")
    if not script.is_active or not script.versions.filter(state=VersionState.PUBLISHED).exists():
        yield "script", _("This script has no published version in use.")
