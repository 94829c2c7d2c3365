"""The rules of a policy: JSON in, frozen dataclasses with every default filled in out (`segments.md`, "Policy").

A key that is left out takes its default, one level down too; `order` is taken whole. Whatever does not fit raises
PolicyError with a sentence that names the key. Amounts are CNY, shares fractions of 1, windows whole days
or months.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, NoReturn, TypeVar, cast, get_type_hints

from django.utils.translation import gettext as _

from clients.segmentation.choices import Group, Tier

MATCHABLE = tuple(group.value for group in Group if group is not Group.GENERAL)
CARDS = tuple(tier.value for tier in Tier if tier is not Tier.NONE)
LARGEST = Decimal(10) ** 12
LONGEST_MONTHS, LONGEST_DAYS = Decimal(1200), Decimal(36500)  # a hundred years: further back there is nothing to count
EARLIEST = dt.date(1900, 1, 1)  # so that a day less the longest windows is still a day of the calendar
DIGITS, DECIMALS = 15, 10  # what JSON carries exactly everywhere

T = TypeVar("T")


class PolicyError(ValueError):
    """A policy that cannot be used, or a step with one that may not be taken; says why in the reader's language."""


@dataclass(frozen=True)
class Limits:
    """What a number of a policy may be, both ends included; with `above` it must lie above the lower end."""

    low: Decimal = Decimal(0)
    high: Decimal = LARGEST
    whole: bool = False
    above: bool = False


Threshold = Annotated[Decimal, Limits(low=-LARGEST)]  # an overdrawn firm may start its tiers below zero
Amount = Annotated[Decimal, Limits()]
Positive = Annotated[Decimal, Limits(above=True)]
Share = Annotated[Decimal, Limits(high=Decimal(1))]
Months = Annotated[int, Limits(high=LONGEST_MONTHS, whole=True)]
Days = Annotated[int, Limits(high=LONGEST_DAYS, whole=True)]
SomeMonths = Annotated[int, Limits(low=Decimal(1), high=LONGEST_MONTHS, whole=True)]
SomeDays = Annotated[int, Limits(low=Decimal(1), high=LONGEST_DAYS, whole=True)]


@dataclass(frozen=True)
class Tiers:
    """Lowest average assets of each card tier."""

    silver: Threshold = Decimal(0)
    gold: Threshold = Decimal(1_000_000)
    platinum: Threshold = Decimal(3_000_000)
    diamond: Threshold = Decimal(10_000_000)


@dataclass(frozen=True)
class Trader:
    trades_per_month: Amount = Decimal(10)
    turnover_ratio: Amount = Decimal("1.0")


@dataclass(frozen=True)
class Dormant:
    months: Months = 36
    cash_below: Amount = Decimal(100)


@dataclass(frozen=True)
class Movement:
    """`flow`, `share` and `trades_floor` lie above zero: with zero every client would match on every day."""

    days: Days = 7
    flow: Positive = Decimal(500_000)
    share: Positive = Decimal("0.3")
    share_floor: Amount = Decimal(50_000)
    trades_floor: Positive = Decimal(20)
    trades_multiple: Amount = Decimal(5)
    trades_baseline_days: Days = 60


@dataclass(frozen=True)
class New:
    days: Days = 30


@dataclass(frozen=True)
class Core:
    min_tier: str = Tier.PLATINUM.value
    commission_top: Share = Decimal("0.10")


@dataclass(frozen=True)
class AtRisk:
    days: SomeDays = 30
    baseline_days: SomeDays = 90
    share: Amount = Decimal("0.5")
    floor: Amount = Decimal(50_000)


@dataclass(frozen=True)
class Rules:
    """Every number of a policy, and the groups in the order in which the first match is the primary group."""

    window_months: SomeMonths = 3
    tiers: Tiers = Tiers()
    trader: Trader = Trader()
    dormant: Dormant = Dormant()
    movement: Movement = Movement()
    new: New = New()
    core: Core = Core()
    at_risk: AtRisk = AtRisk()
    order: tuple[str, ...] = MATCHABLE


def parse(given: object) -> Rules:
    """The rules that `given` (parsed JSON) stands for, defaults filled in. Raises PolicyError."""
    rules = _section(Rules, given, "")
    _check_tiers(rules.tiers)
    return rules


def parse_text(text: str | bytes) -> Rules:
    """The rules in a JSON document; numbers are taken exactly. Raises PolicyError, also for text that is no JSON."""
    try:
        given = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object)
    except PolicyError:
        raise
    except (ValueError, RecursionError) as error:  # not JSON, not UTF-8, or a number of thousands of digits
        raise PolicyError(_("The policy is not a JSON document: %(error)s") % {"error": error}) from error
    return parse(given)


def complete(rules: Rules) -> dict[str, Any]:
    """The rules as JSON with every key; `parse(complete(rules)) == rules`."""
    return cast(dict[str, Any], _plain(dataclasses.asdict(rules)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _refuse(sentence: str, **values: object) -> NoReturn:
    raise PolicyError(sentence % values)


def _no_number(constant: str) -> NoReturn:
    _refuse(_("The policy contains %(value)s, which is not a number."), value=constant)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            _refuse(_("The key “%(key)s” is given twice."), key=key)
        found[key] = value
    return found


def _section(cls: Callable[..., T], given: object, path: str) -> T:
    """One JSON object as an instance of `cls`; `path` is its key, empty for the policy itself."""
    if not isinstance(given, Mapping):
        if path:
            _refuse(_("“%(key)s” must be an object with keys of its own."), key=path)
        _refuse(_("A policy must be a JSON object."))
    known = get_type_hints(cls, include_extras=True)
    prefix = f"{path}." if path else ""
    for key in given:
        if key not in known:
            _refuse(_("Unknown key “%(key)s”."), key=f"{prefix}{key}")
    return cls(**{key: _value(known[key], value, f"{prefix}{key}") for key, value in given.items()})


def _value(kind: Any, value: object, path: str) -> Any:
    limits = getattr(kind, "__metadata__", ())
    if limits:
        return _in_limits(limits[0], value, path)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _section(kind, value, path)
    special: dict[str, Callable[[object, str], Any]] = {"order": _order, "core.min_tier": _card}
    return special[path](value, path)


def _in_limits(limits: Limits, value: object, path: str) -> Decimal | int:
    number = _decimal(value, path)
    if limits.whole and number != number.to_integral_value():
        _refuse(_("“%(key)s” must be a whole number."), key=path)
    if limits.above and number <= limits.low:
        _refuse(_("“%(key)s” must be above %(limit)s."), key=path, limit=limits.low)
    if number < limits.low:
        _refuse(_("“%(key)s” must not be below %(limit)s."), key=path, limit=f"{limits.low:f}")
    if number > limits.high:
        _refuse(_("“%(key)s” must not be above %(limit)s."), key=path, limit=f"{limits.high:f}")
    digits = number.normalize().as_tuple()
    if len(digits.digits) > DIGITS or int(digits.exponent) < -DECIMALS:
        _refuse(
            _("“%(key)s” has more than %(digits)s digits or %(decimals)s decimals."),
            key=path,
            digits=DIGITS,
            decimals=DECIMALS,
        )
    return int(number) if limits.whole else number


def _decimal(value: object, path: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        _refuse(_("“%(key)s” must be a number."), key=path)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        _refuse(_("“%(key)s” must be a number."), key=path)
    return number


def _card(value: object, path: str) -> str:
    if value not in CARDS:
        _refuse(_("“%(key)s” must be one of %(allowed)s."), key=path, allowed=", ".join(CARDS))
    return str(value)


def _order(value: object, path: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        _refuse(_("“%(key)s” must be a list of groups."), key=path)
    for position, group in enumerate(value):
        if group not in MATCHABLE:
            _refuse(_("“%(key)s” names an unknown group: %(group)s."), key=path, group=group)
        if group in value[:position]:
            _refuse(_("“%(key)s” names a group twice: %(group)s."), key=path, group=group)
    return tuple(value)


def _check_tiers(tiers: Tiers) -> None:
    """Each tier's threshold is at least the one below it."""
    for lower, higher in pairwise(CARDS):
        if getattr(tiers, lower) > getattr(tiers, higher):
            _refuse(
                _("The thresholds are out of order: “tiers.%(lower)s” is above “tiers.%(higher)s”."),
                lower=lower,
                higher=higher,
            )
