"""The words of the client data centre, explained where they appear (the rules behind them: `segments.md`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm.web.badges import BADGES
from crm.web.terms import Term, Words, register

SEGMENTS, FIGURES, PEOPLE = _("Segments"), _("Figures"), _("Client and service")

MEANINGS: dict[tuple[str, str], Words] = {
    ("tier", "none"): _("Average assets are below the lowest threshold of the policy."),
    ("tier", "silver"): _("Card tier by average assets; the thresholds are keys of the policy (by default from 0)."),
    ("tier", "gold"): _("Card tier by average assets, by default from 1,000,000 yuan."),
    ("tier", "platinum"): _("Card tier by average assets, by default from 3,000,000 yuan."),
    ("tier", "diamond"): _("Card tier by average assets, by default from 10,000,000 yuan."),
    ("style", "investor"): _("Trades less often and turns over less than a trader."),
    ("style", "trader"): _("By default from 10 trades a month, or a turnover ratio of 1 a month, on."),
    ("group", "dormant"): _("No securities, hardly any cash, and no trade for 36 months."),
    ("group", "movement"): _("Within seven days a large flow of cash, a burst of trades, or an alert that is open."),
    ("group", "new"): _("The account was opened within the last 30 days."),
    ("group", "core"): _("Platinum and above, or among the branch's top tenth by commission."),
    ("group", "at_risk"): _("Assets of the last 30 days are half, or less, of those of the 90 days before."),
    ("group", "no_trade"): _("The account is older than 30 days and was never traded on."),
    ("group", "general"): _("Matches none of the groups."),
}
COLUMNS: dict[str, tuple[Words, Words]] = {
    "assets": (_("Average assets"), _("Mean of cash and securities over every day of the last three months.")),
    "risk": (_("Risk"), _("Result of the risk questionnaire, valid for 24 months; expired: nothing may be offered.")),
    "contact": (_("Last contact"), _("The newest service record: call, message, visit, letter.")),
    "since": (_("In this group since"), _("The day of the run that put the client into the primary group.")),
}
OTHERS: tuple[tuple[Words, str, Words, Words], ...] = (
    (SEGMENTS, "primary", _("Primary group"), _("A client can match several groups; the first in the policy's order.")),
    (SEGMENTS, "policy", _("Policy"), _("The versioned rules: proposed by one person, approved by another.")),
    (FIGURES, "turnover", _("Turnover ratio"), _("Traded amount divided by average assets, for 30 days.")),
    (FIGURES, "net_flow", _("Net flow"), _("Cash in minus cash out of a day, without interest, dividends, fees, tax.")),
    (
        FIGURES,
        "commission",
        _("Commission, 12 months"),
        _("What the client paid for trades in the last twelve months."),
    ),
    (PEOPLE, "masked", _("Masked"), _("Names, phones and numbers of clients not one's own are shown in part only.")),
    (
        PEOPLE,
        "reveal",
        _("Reveal"),
        _("A hidden field in clear for a minute, with a reason, put down in the read log."),
    ),
    (PEOPLE, "promise", _("Promise"), _("What a client was told would be done, by when, and who keeps it.")),
    (
        PEOPLE,
        "correction",
        _("Correction"),
        _("A change of the core system's data: proposed, decided by another, sent."),
    ),
    (PEOPLE, "handover", _("Hand-over"), _("All that one manager holds goes to others, by rule and with history.")),
)

register(
    *(
        Term(SEGMENTS, kind, code, BADGES[kind][code].label, meaning)
        for (kind, code), meaning in MEANINGS.items()
        if code in BADGES[kind]
    ),
    *(Term(FIGURES, "column", name, word, meaning) for name, (word, meaning) in COLUMNS.items()),
    *(Term(section, "word", code, word, meaning) for section, code, word, meaning in OTHERS),
)
