"""The rules of a policy: JSON in, frozen dataclasses with every default filled in out (`segments.md`, "Policy").

A key that is left out takes its default, one level down too; `order` is taken whole. Whatever does not fit raises
PolicyError with a sentence that names the key. Amounts are CNY, shares are fractions of 1, windows whole days or months.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any, NoReturn, TypeVar, cast

from django.utils.translation import gettext as _

from clients.segmentation.choices import Group, Tier

MATCHABLE = tuple(group.value for group in Group if group is not Group.GENERAL)
CARDS = tuple(tier.value for tier in Tier if tier is not Tier.NONE)
LARGEST = Decimal(10) ** 12
LONGEST_MONTHS, LONGEST_DAYS = 1200, 36500  # a hundred years: further back there is nothing to count
DIGITS = 15  # what JSON carries exactly everywhere

T = TypeVar("T")


class PolicyError(ValueError):
    """A policy that cannot be used, or a step with one that may not be taken; says why in the reader's language."""


@dataclass(frozen=True)
class _Limits:
    low: Decimal
    high: Decimal
    whole: bool = False
    above: bool = False  # must lie above `low`, not on it


def _number(default: str, low: str | None = "0", high: str | None = None, *, above: bool = False) -> Any:
    limits = _Limits(-LARGEST if low is None else Decimal(low), LARGEST if high is None else Decimal(high), above=above)
    return field(default=Decimal(default), metadata={"limits": limits})


def _whole(default: int, low: int, high: int) -> Any:
    return field(default=default, metadata={"limits": _Limits(Decimal(low), Decimal(high), whole=True)})


@dataclass(frozen=True)
class Tiers:
    """Lowest average assets of each card tier; an overdrawn firm may start below zero."""

    silver: Decimal = _number("0", None)
    gold: Decimal = _number("1000000", None)
    platinum: Decimal = _number("3000000", None)
    diamond: Decimal = _number("10000000", None)


@dataclass(frozen=True)
class Trader:
    trades_per_month: Decimal = _number("10")
    turnover_ratio: Decimal = _number("1.0")


@dataclass(frozen=True)
class Dormant:
    months: int = _whole(36, 0, LONGEST_MONTHS)
    cash_below: Decimal = _number("100")


@dataclass(frozen=True)
class Movement:
    """`flow`, `share` and `trades_floor` lie above zero: with zero every client would match on every day."""

    days: int = _whole(7, 0, LONGEST_DAYS)
    flow: Decimal = _number("500000", above=True)
    share: Decimal = _number("0.3", above=True)
    share_floor: Decimal = _number("50000")
    trades_floor: Decimal = _number("20", above=True)
    trades_multiple: Decimal = _number("5")
    trades_baseline_days: int = _whole(60, 0, LONGEST_DAYS)


@dataclass(frozen=True)
class New:
    days: int = _whole(30, 0, LONGEST_DAYS)


@dataclass(frozen=True)
class Core:
    min_tier: str = Tier.PLATINUM.value
    commission_top: Decimal = _number("0.10", "0", "1")


@dataclass(frozen=True)
class AtRisk:
    days: int = _whole(30, 1, LONGEST_DAYS)
    baseline_days: int = _whole(90, 1, LONGEST_DAYS)
    share: Decimal = _number("0.5")
    floor: Decimal = _number("50000")


@dataclass(frozen=True)
class Rules:
    """Every number of a policy, and the groups in the order in which the first match is the primary group."""

    window_months: int = _whole(3, 1, LONGEST_MONTHS)
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


def _section(cls: type[T], given: object, path: str) -> T:
    """One JSON object as an instance of `cls`; `path` is its key, empty for the policy itself."""
    if not isinstance(given, Mapping):
        if path:
            _refuse(_("“%(key)s” must be an object with keys of its own."), key=path)
        _refuse(_("A policy must be a JSON object."))
    known = {item.name: item for item in dataclasses.fields(cast(Any, cls))}
    prefix = f"{path}." if path else ""
    for key in given:
        if key not in known:
            _refuse(_("Unknown key “%(key)s”."), key=f"{prefix}{key}")
    return cls(**{key: _value(known[key], value, f"{prefix}{key}") for key, value in given.items()})


def _value(item: dataclasses.Field[Any], value: object, path: str) -> Any:
    if "limits" in item.metadata:
        return _in_limits(item.metadata["limits"], value, path)
    if dataclasses.is_dataclass(item.default):
        return _section(type(item.default), value, path)
    special: dict[str, Callable[[object, str], Any]] = {"order": _order, "core.min_tier": _card}
    return special[path](value, path)


def _in_limits(limits: _Limits, value: object, path: str) -> Decimal | int:
    number = _decimal(value, path)
    if limits.whole and number != number.to_integral_value():
        _refuse(_("“%(key)s” must be a whole number."), key=path)
    if limits.above and number <= limits.low:
        _refuse(_("“%(key)s” must be above %(limit)s."), key=path, limit=limits.low)
    if number < limits.low:
        _refuse(_("“%(key)s” must not be below %(limit)s."), key=path, limit=f"{limits.low:f}")
    if number > limits.high:
        _refuse(_("“%(key)s” must not be above %(limit)s."), key=path, limit=f"{limits.high:f}")
    if len(number.normalize().as_tuple().digits) > DIGITS:
        _refuse(_("“%(key)s” has more than %(digits)s digits."), key=path, digits=DIGITS)
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
