"""Which clients a plan calls: JSON in, a checked dataclass and its SQL out.

A key that is left out does not narrow. An unknown key or code, or a number out of bounds, raises FilterError with a
sentence that names the key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from callbacks.calls.choices import ReasonKind
from clients.profile.choices import ClientKind, InvestorClass
from clients.segmentation.choices import Group, MovementKind, Style, Tier
from clients.suitability.choices import Permission, PermissionStatus, RiskLevel

# What codes a key may list.
CODES: dict[str, tuple[str, ...]] = {
    "tiers": tuple(Tier.values),
    "styles": tuple(Style.values),
    "groups": tuple(Group.values),
    "risk_levels": tuple(RiskLevel.values),
    "client_kinds": tuple(ClientKind.values),
    "investor_classes": tuple(InvestorClass.values),
    "movement_kinds": tuple(MovementKind.values),
    "permissions": tuple(Permission.values),
    "request_states": tuple(PermissionStatus.values),
}
# Bounds of whole numbers, and what holds where they are left out.
NUMBERS: dict[str, tuple[int, int, int]] = {
    "days_before": (0, 365, 30),  # a risk assessment is called about so many days before it expires
    "within_days": (1, 365, 30),  # permission requests that are not older
    "from_month": (1, 12, 10),  # the month from which the year's coverage is topped up
}
# Keys that only calls of one reason know.
ONLY_FOR = {
    "movement_kinds": ReasonKind.MOVEMENT,
    "permissions": ReasonKind.PERMISSION,
    "request_states": ReasonKind.PERMISSION,
    "within_days": ReasonKind.PERMISSION,
    "days_before": ReasonKind.RISK_EXPIRY,
    "from_month": ReasonKind.COVERAGE,
}
LARGEST = Decimal(10) ** 15  # CNY
MOST_BRANCHES = 1_000
# Each condition over c (client), s (standing) and k (candidate).
CONDITIONS = {
    "tiers": "s.tier = ANY (%(f_tiers)s)",
    "styles": "s.style = ANY (%(f_styles)s)",
    "groups": 's."group" = ANY (%(f_groups)s)',
    "risk_levels": "s.risk_level = ANY (%(f_risk_levels)s)",
    "client_kinds": "c.kind = ANY (%(f_client_kinds)s)",
    "investor_classes": "c.investor_class = ANY (%(f_investor_classes)s)",
    "branches": "c.branch_id IN (SELECT id FROM crm_unit WHERE code = ANY (%(f_branches)s))",
    "min_assets": "s.average_assets >= %(f_min_assets)s",
    "max_assets": "s.average_assets < %(f_max_assets)s",
    "movement_kinds": "k.facts ->> 'kind' = ANY (%(f_movement_kinds)s)",
    "permissions": "k.facts ->> 'permission' = ANY (%(f_permissions)s)",
    "request_states": "k.facts ->> 'status' = ANY (%(f_request_states)s)",
}


class FilterError(ValueError):
    """A filter that cannot be used; says why in the reader's language."""


@dataclass(frozen=True)
class Filters:
    """What a client must be to be called. Empty tuples and None do not narrow; amounts are CNY, `max_assets` is out."""

    tiers: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    risk_levels: tuple[str, ...] = ()
    client_kinds: tuple[str, ...] = ()
    investor_classes: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    min_assets: Decimal | None = None
    max_assets: Decimal | None = None
    movement_kinds: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    request_states: tuple[str, ...] = ()
    days_before: int = NUMBERS["days_before"][2]
    within_days: int = NUMBERS["within_days"][2]
    from_month: int = NUMBERS["from_month"][2]

    def condition(self) -> str:
        """SQL over c, s and k; `true` where nothing narrows. Its parameters: `values`."""
        used = [sql for name, sql in CONDITIONS.items() if getattr(self, name) not in ((), None)]
        return " AND ".join(used) or "true"

    def values(self) -> dict[str, Any]:
        """The parameters of `condition` and of the statements that find candidates."""
        plain = dataclasses.asdict(self)
        return {f"f_{name}": list(value) if isinstance(value, tuple) else value for name, value in plain.items()}

    def to_json(self) -> dict[str, Any]:
        """What narrows, as it is kept; `parse(filters.to_json(), …) == filters`."""
        plain = {}
        for one in dataclasses.fields(self):
            value = getattr(self, one.name)
            if value != one.default:
                plain[one.name] = (
                    list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Decimal) else value
                )
        return plain


def parse(given: object, *, kind: str) -> Filters:
    """The filters of a plan for calls of `kind`. Raises FilterError."""
    if not isinstance(given, Mapping):
        raise FilterError(_("Filters must be a JSON object."))
    known = {one.name for one in dataclasses.fields(Filters)}
    read: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise FilterError(_("Unknown filter “%(key)s”.") % {"key": key})
        if key in ONLY_FOR and ONLY_FOR[key] != kind:
            words = {"key": key, "kind": ReasonKind(ONLY_FOR[key]).label}
            raise FilterError(_("The filter “%(key)s” is for calls of “%(kind)s” only.") % words)
        read[key] = _value(key, value)
    found = Filters(**read)
    if None not in (found.min_assets, found.max_assets) and found.min_assets >= found.max_assets:  # type: ignore[operator]
        raise FilterError(_("The lower limit of assets is not below the upper one."))
    return found


def _value(key: str, value: object) -> Any:
    if key in NUMBERS:
        return _number(key, value)
    if key in ("min_assets", "max_assets"):
        return _amount(key, value)
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise FilterError(_("The filter “%(key)s” must be a list of codes.") % {"key": key})
    unknown = [one for one in value if key in CODES and one not in CODES[key]]
    if unknown:
        raise FilterError(_("The filter “%(key)s” has an unknown code: %(code)s.") % {"key": key, "code": unknown[0]})
    if len(value) > MOST_BRANCHES:
        raise FilterError(_("The filter “%(key)s” has too many codes.") % {"key": key})
    return tuple(dict.fromkeys(value))


def _number(key: str, value: object) -> int:
    low, high, _default = NUMBERS[key]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        words = {"key": key, "low": low, "high": high}
        raise FilterError(_("The filter “%(key)s” must be a whole number from %(low)s to %(high)s.") % words)
    return value


def _amount(key: str, value: object) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(value, bool) or not amount.is_finite() or not 0 <= amount <= LARGEST:
        raise FilterError(_("The filter “%(key)s” must be an amount.") % {"key": key})
    return amount
