"""Every number of a policy for people: its words, its unit, and where its default comes from.

`segments.md` defines the keys and `rules.py` checks them; here each key gets a label, the sentence that says what it
does, and the way it is written. The proposal form, the policy page and the comparison of two versions all read this
one list, so that a number is called the same everywhere.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from clients.segmentation.choices import Group
from crm.web import figures
from crm.web.badges import badge_of


class Kind(enum.Enum):
    """How a number is typed and written."""

    MONTHS = "months"
    DAYS = "days"
    MONEY = "money"  # yuan
    SHARE = "share"  # kept as 0.3, typed and written as 30 %
    RATIO = "ratio"
    COUNT = "count"
    TIMES = "times"
    TIER = "tier"


UNITS: dict[Kind, str | Promise] = {
    Kind.MONTHS: pgettext_lazy("unit", "months"),
    Kind.DAYS: pgettext_lazy("unit", "days"),
    Kind.MONEY: pgettext_lazy("unit", "yuan"),
    Kind.SHARE: "%",
    Kind.RATIO: "",
    Kind.COUNT: pgettext_lazy("unit", "trades"),
    Kind.TIMES: pgettext_lazy("unit", "times"),
    Kind.TIER: "",
}

OUR_CHOICE = _("own choice")
MARKET = _("market practice")
REGULATION = _("CSRC Announcement 2010 No. 11: call within a month")


@dataclass(frozen=True)
class Number:
    """One key of a policy. `path` is its place in the JSON, at most two deep."""

    path: tuple[str, ...]
    kind: Kind
    label: str | Promise
    help: str | Promise
    source: str | Promise = OUR_CHOICE

    @property
    def name(self) -> str:
        """Name of the form field and of the key in messages: `movement.share_floor` → `movement__share_floor`."""
        return "__".join(self.path)

    @property
    def key(self) -> str:
        """The key as it stands in the JSON: `movement.share_floor`."""
        return ".".join(self.path)

    @property
    def unit(self) -> str:
        return str(UNITS[self.kind])

    def of(self, rules: Mapping[str, Any]) -> Any:
        """The value in a complete set of rules."""
        value: Any = rules
        for step in self.path:
            value = value[step]
        return value


@dataclass(frozen=True)
class Section:
    """The numbers that belong together, under one heading. `code` is the group they decide, where there is one."""

    code: str
    title: str | Promise
    text: str | Promise
    numbers: tuple[Number, ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "tiers",
        _("Card tiers"),
        _("A client holds the highest tier whose threshold his average assets reach."),
        (
            Number(
                ("window_months",),
                Kind.MONTHS,
                _("Window"),
                _("Average assets, trades and turnover are counted over this many months up to the day."),
            ),
            Number(("tiers", "silver"), Kind.MONEY, _("Silver card from"), _("Below it a client holds no tier.")),
            Number(("tiers", "gold"), Kind.MONEY, _("Gold card from"), _("Average assets.")),
            Number(("tiers", "platinum"), Kind.MONEY, _("Platinum card from"), _("Average assets.")),
            Number(("tiers", "diamond"), Kind.MONEY, _("Diamond card from"), _("Average assets.")),
        ),
    ),
    Section(
        "trader",
        _("Trader or investor"),
        _("Either of the two makes a client a trader; everybody else is an investor."),
        (
            Number(
                ("trader", "trades_per_month"),
                Kind.COUNT,
                _("Trades a month from"),
                _("Fills of one order count as one trade."),
            ),
            Number(
                ("trader", "turnover_ratio"),
                Kind.RATIO,
                _("Turnover a month from"),
                _("Traded amount of 30 days ÷ average assets."),
            ),
        ),
    ),
    Section(
        Group.DORMANT,
        _("Dormant clients"),
        _("No securities, next to no cash, and no trade for a long time."),
        (
            Number(
                ("dormant", "months"), Kind.MONTHS, _("No trade for"), _("And opened at least as long ago."), MARKET
            ),
            Number(
                ("dormant", "cash_below"), Kind.MONEY, _("Cash below"), _("Securities must be exactly zero."), MARKET
            ),
        ),
    ),
    Section(
        Group.MOVEMENT,
        _("Abnormal movement"),
        _("A large flow, a burst of trading, or an open alert. Checked before everything else."),
        (
            Number(("movement", "days"), Kind.DAYS, _("Looks back"), _("Movements of these last days count.")),
            Number(
                ("movement", "flow"), Kind.MONEY, _("Net flow of a day from"), _("In or out, whatever the assets are.")
            ),
            Number(
                ("movement", "share"),
                Kind.SHARE,
                _("Or share of assets from"),
                _("Net flow of a day ÷ assets of the day before."),
            ),
            Number(
                ("movement", "share_floor"),
                Kind.MONEY,
                _("… and at least"),
                _("Smaller flows do not count, however large their share."),
            ),
            Number(("movement", "trades_floor"), Kind.COUNT, _("Or trades of a day from"), _("A burst of trading.")),
            Number(
                ("movement", "trades_multiple"),
                Kind.TIMES,
                _("… and this many times the usual"),
                _("Against the mean of the days on which the client traded."),
            ),
            Number(
                ("movement", "trades_baseline_days"),
                Kind.DAYS,
                _("The usual is taken from the last"),
                _("Days before the burst."),
            ),
        ),
    ),
    Section(
        Group.NEW,
        _("New clients"),
        _("Opened within these days. A client who never traded leaves for “never traded” after them."),
        (Number(("new", "days"), Kind.DAYS, _("New for"), _("Counted from the day of opening."), REGULATION),),
    ),
    Section(
        Group.CORE,
        _("Core clients"),
        _("High tier, or among those of the branch who bring the most commission."),
        (
            Number(("core", "min_tier"), Kind.TIER, _("Tier from"), _("This tier and those above are core.")),
            Number(
                ("core", "commission_top"),
                Kind.SHARE,
                _("Or the branch's top"),
                _("By commission of 12 months, among clients with any."),
            ),
        ),
    ),
    Section(
        Group.AT_RISK,
        _("At risk of leaving"),
        _("Assets of the last days have fallen far below those of the days before."),
        (
            Number(("at_risk", "days"), Kind.DAYS, _("Mean of the last"), _("The recent days.")),
            Number(
                ("at_risk", "baseline_days"), Kind.DAYS, _("Against the mean of the"), _("Days before the recent ones.")
            ),
            Number(("at_risk", "share"), Kind.SHARE, _("Fallen to"), _("Of the earlier mean, or lower.")),
            Number(("at_risk", "floor"), Kind.MONEY, _("Earlier mean at least"), _("Small accounts are left out.")),
        ),
    ),
)

NUMBERS: tuple[Number, ...] = tuple(number for section in SECTIONS for number in section.numbers)


def plain(value: Any) -> str:
    """A number as short as it is exact, with thousands separators: `1,000,000`, `0.25`, `1`."""
    text = f"{figures.to_decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_words(number: Number, value: Any) -> str:
    """A value with its unit, in the language of the page: `36 months`, `30%`, `1,000,000 yuan`."""
    if number.kind is Kind.TIER:
        return str(badge_of("tier", value).label)
    text = plain(figures.to_decimal(value) * 100) + "%" if number.kind is Kind.SHARE else plain(value)
    whole = int(Decimal(str(value)))
    wording = {
        Kind.MONTHS: ngettext("%(n)s month", "%(n)s months", whole),
        Kind.DAYS: ngettext("%(n)s day", "%(n)s days", whole),
        Kind.MONEY: ngettext("%(n)s yuan", "%(n)s yuan", whole),
        Kind.COUNT: ngettext("%(n)s trade", "%(n)s trades", whole),
        Kind.TIMES: ngettext("%(n)s time", "%(n)s times", whole),
    }
    return wording[number.kind] % {"n": text} if number.kind in wording else text


def order_in_words(order: list[str]) -> str:
    """The order of the groups, first match first: `Dormant → Movement → …`."""
    return " → ".join(str(badge_of("group", code).label) for code in order)


@dataclass(frozen=True)
class Difference:
    """One key in which two versions differ, in words."""

    section: str
    label: str
    key: str
    old: str
    new: str


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """What changed from one complete set of rules to another, key by key, in the order of the form."""
    for section in SECTIONS:
        for number in section.numbers:
            before, after = number.of(old), number.of(new)
            if before != after:
                words = (in_words(number, before), in_words(number, after))
                yield Difference(str(section.title), str(number.label), number.key, *words)
    if old["order"] != new["order"]:
        words = (order_in_words(old["order"]), order_in_words(new["order"]))
        yield Difference(str(_("Order of the groups")), str(_("First match decides")), "order", *words)
