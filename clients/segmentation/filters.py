"""The lists of the segmentation pages: their columns, their order and their filters."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.segmentation.choices import ChangeKind, Group, MovementKind, RunKind, Tier
from crm.organisation.models import Unit
from crm.web.badges import badge_of
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Sort

LOWEST_FIRST = [str(tier) for tier in Tier]

POLICY_LIST = ListSpec(
    name="policies",
    columns=(
        Column("version", _("Version"), sort="version"),
        Column("name", _("Name")),
        Column("state", _("State")),
        Column("effective", _("Takes effect on")),
        Column("changes", _("Changed against the version before")),
        Column("proposed", _("Proposed by")),
        Column("decided", _("Decided by")),
    ),
    sorts=(Sort("version", _("Version"), "version", descending=True, tie=()),),
)

RUN_LIST = ListSpec(
    name="runs",
    columns=(
        Column("as_of", _("As of"), sort="as_of"),
        Column("kind", _("Kind")),
        Column("policy", _("Policy")),
        Column("clients", _("Clients"), number=True),
        Column("changed", _("Changed"), number=True),
        Column("made", _("Made")),
        Column("took", _("Took"), number=True),
        Column("who", _("By")),
    ),
    sorts=(Sort("as_of", _("As of"), "as_of", descending=True),),
    filters=(
        ChoiceFilter.of("kind", _("Kind"), RunKind),
        ChoiceFilter(
            "current",
            _("Result"),
            (
                Option("yes", _("holds"), condition=Q(replaced_by__isnull=True)),
                Option("no", _("made again later"), condition=Q(replaced_by__isnull=False)),
            ),
            single=True,
        ),
    ),
    page_size=31,  # a month of nights
)


def tier_steps(*, up: bool) -> Q:
    """Changes of tier upwards, or downwards; who left has no tier any more and does not count."""
    condition = Q(pk__in=[])
    for place, old in enumerate(LOWEST_FIRST):
        reached = LOWEST_FIRST[place + 1 :] if up else LOWEST_FIRST[:place]
        if reached:
            condition |= Q(old_tier=old, tier__in=reached)
    return condition & ~Q(kind=ChangeKind.CLOSING)


def entered(group: Group) -> Q:
    return Q(group=group) & ~Q(old_group=group) & ~Q(kind=ChangeKind.CLOSING)


def left(group: Group) -> Q:
    return Q(old_group=group) & ~Q(group=group)


# What a run changed: code in the address, words, which changes it is.
WHAT: tuple[tuple[str, str | Promise, Q], ...] = (
    ("movement", _("Entered movement"), entered(Group.MOVEMENT)),
    ("new", _("New clients"), entered(Group.NEW)),
    ("core", _("Became core"), entered(Group.CORE)),
    ("left-core", _("Left core"), left(Group.CORE)),
    ("at-risk", _("At risk of leaving"), entered(Group.AT_RISK)),
    ("dormant", _("Became dormant"), entered(Group.DORMANT)),
    ("up", _("Tier up"), tier_steps(up=True)),
    ("down", _("Tier down"), tier_steps(up=False)),
    ("style", _("Style changed"), ~Q(old_style="") & ~Q(old_style=F("style")) & ~Q(kind=ChangeKind.CLOSING)),
    ("closed", _("Closed"), Q(kind=ChangeKind.CLOSING)),
)
# Kinds of movement, the most urgent first; the column holds how urgent each is.
MOVED = tuple((kind.value, kind.label, len(MovementKind) - place) for place, kind in enumerate(MovementKind))


CHANGE_COLUMNS = (
    Column("number", _("Client number")),
    Column("name", pgettext_lazy("person", "Name")),
    Column("branch", _("Branch")),
    Column("before", _("Before")),
    Column("after", _("After")),
    Column("why", _("Why")),
    Column("assets", _("Average assets"), number=True),
)


def change_list(run_id: int, branches: Sequence[Unit]) -> ListSpec:
    """The changes of one run, ranked: movements first, the most urgent and largest on top."""
    options = [Option(branch.code, branch.name, stored=branch.pk) for branch in branches]
    return ListSpec(
        name=f"changes-{run_id}",
        columns=[column for column in CHANGE_COLUMNS if column.name != "branch" or len(options) > 1],
        sorts=(Sort("urgent", _("Urgency"), "movement_urgency", descending=True, tie=("movement_size", "pk")),),
        filters=(
            ChoiceFilter("what", _("What changed"), [Option(code, label, condition=q) for code, label, q in WHAT]),
            ChoiceFilter(
                "moved",
                _("Kind of movement"),
                [Option(code, label, stored=urgency) for code, label, urgency in MOVED],
                field="movement_urgency",
            ),
            ChoiceFilter("group", _("Group"), _words("group", Group.values)),
            ChoiceFilter("tier", _("Tier"), _words("tier", Tier.values)),
            ChoiceFilter("branch", _("Branch"), options if len(options) > 1 else (), field="branch_id"),
        ),
    )


def _words(kind: str, codes: Sequence[str]) -> list[Option]:
    """Codes with the words of their badges, so that a filter says what the rows say."""
    return [Option(str(code), badge_of(kind, str(code)).label) for code in codes]
