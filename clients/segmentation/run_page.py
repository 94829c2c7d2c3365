"""Runs and what they changed, ready to be written by the pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.profile.models import Client
from clients.profile.policies import shown_name
from clients.segmentation import compute
from clients.segmentation.choices import ChangeKind, Group, RunKind, Style
from clients.segmentation.explanation import Case
from clients.segmentation.filters import MOVED, WHAT, entered
from clients.segmentation.models import BranchCut, Composition, Run, SegmentChange
from clients.segmentation.rules import parse
from clients.segmentation.sentences import SENTENCES, sentences_of
from crm.access.scope import Scope, scope_of
from crm.organisation.models import Unit, User
from crm.web.templatetags.ui import badge, grouped


@dataclass(frozen=True)
class RunRow:
    """A run in the list, with the figures of the reader's scope."""

    run: Run
    url: str
    kind: str
    policy_url: str
    clients: int
    changed: int
    took: str
    who: str
    replaced_url: str


@dataclass(frozen=True)
class Stat:
    """One figure of components/stat.html."""

    label: str
    value: str
    note: str = ""
    url: str = ""


class ChangeRow(NamedTuple):
    """One client's change, ready to be written."""

    url: str
    number: str
    name: str
    branch: str
    before: Sequence[SafeString]
    after: Sequence[SafeString]
    why: str
    assets: Decimal


def rows_of(runs: Sequence[Run], user: User) -> list[RunRow]:
    """The runs of a page, with what `counts_for` asks."""
    return [_row(run, *counts) for run, counts in zip(runs, counts_for(runs, user), strict=True)]


def counts_for(runs: Sequence[Run], user: User) -> list[tuple[int, int]]:
    """How many clients each run had and how many it changed, of those in the scope of `user`.

    No query for who sees every branch; two for others.
    """
    scope = scope_of(user)
    if scope.everything:
        return [(run.clients, run.changed) for run in runs]
    ids = [run.pk for run in runs]
    inside = Composition.objects.filter(run__in=ids, branch_id__in=sorted(scope.branch_ids))
    placed = dict(inside.values_list("run_id").annotate(n=Sum("clients")).order_by())
    visible = SegmentChange.objects.visible_to(user).filter(run__in=ids)
    moved = dict(visible.values_list("run_id").annotate(n=Count("pk")).order_by())
    return [(placed.get(pk, 0), moved.get(pk, 0)) for pk in ids]


def _row(run: Run, clients: int, changed: int) -> RunRow:
    return RunRow(
        run=run,
        url=reverse("clients:run", args=[run.pk]),
        kind=kind_words(run),
        policy_url=reverse("clients:policy", args=[run.policy.version]),
        clients=clients,
        changed=changed,
        took=took(run),
        who=run.by.name if run.by else _("the system"),
        replaced_url=reverse("clients:run", args=[run.replaced_by_id]) if run.replaced_by_id else "",
    )


def kind_words(run: Run) -> str:
    """What kind of run it was; the first one of a firm is said to be it."""
    if run.is_baseline:
        return _("%(kind)s, the first") % {"kind": RunKind(run.kind).label}
    return str(RunKind(run.kind).label)


def took(run: Run) -> str:
    """How long a run took, in words."""
    seconds = (run.ended_at - run.started_at).total_seconds()
    if seconds < 1:
        return _("under a second")
    if seconds < 60:
        whole = round(seconds)
        return ngettext("%(n)s second", "%(n)s seconds", whole) % {"n": whole}
    minutes, rest = divmod(round(seconds), 60)
    return _("%(m)s min %(s)s s") % {"m": minutes, "s": rest}


def stats_of(run: Run, changes: QuerySet[SegmentChange], clients: int) -> list[Stat]:
    """What the run changed, each figure with its list. One query; none for a first run, of which all is new."""
    stats = [Stat(_("Clients"), f"{clients:,}")]
    if run.is_baseline or run.kind == RunKind.BACKFILL:
        return stats
    figures = {code.replace("-", "_"): Count("pk", filter=condition) for code, _label, condition in WHAT}
    into = entered(Group.MOVEMENT)
    figures |= {f"moved_{code}": Count("pk", filter=into & Q(movement_urgency=n)) for code, _label, n in MOVED}
    found = changes.aggregate(all=Count("pk"), **figures)
    here = reverse("clients:run", args=[run.pk])
    stats.append(Stat(_("Changed"), f"{found['all']:,}", url=here))
    for code, label, _condition in WHAT:
        number = found[code.replace("-", "_")]
        if number:
            note = _moved_note(found) if code == Group.MOVEMENT else ""
            stats.append(Stat(str(label), f"{number:,}", note, f"{here}?what={code}#list"))
    return stats


def _moved_note(found: dict[str, int]) -> str:
    """Of what kind the movements are: `outflow 6 · trading 2`."""
    return " · ".join(f"{label} {found[f'moved_{code}']}" for code, label, _n in MOVED if found[f"moved_{code}"])


def change_rows(run: Run, changes: Sequence[SegmentChange], branches: dict[int, Unit]) -> list[ChangeRow]:
    """The changes of a page with their reasons. Three queries: clients (names are masked for everybody), the
    branches' cuts, the days of the policy."""
    if not changes:
        return []
    clients = Client.objects.in_bulk([change.client_id for change in changes])
    why = _Why(run)
    return [_change_row(change, clients[change.client_id], branches, why) for change in changes]


class _Why:
    """Reasons of one run's changes: its policy, its days and its branches' cuts are read once."""

    def __init__(self, run: Run) -> None:
        self._rules = parse(run.policy.rules)
        self._version = run.policy.version
        self._days = compute.parameters(run.as_of, self._rules)
        self._cuts = {cut.branch_id: cut for cut in BranchCut.objects.filter(run=run)}

    def __call__(self, change: SegmentChange, opened_on: dt.date) -> str:
        """The sentence for what is new: the first group entered, else the tier, else the style; none for leaving."""
        if change.kind == ChangeKind.CLOSING:
            return ""
        movements = (change.reasons or {}).get("movements", [])
        cut = self._cuts.get(change.branch_id)
        case = Case(
            change, opened_on, self._rules, self._days, cut, self._version, change.client_id, movements, look_back=False
        )
        entered = [code for code in change.matches if code not in change.old_matches]
        if entered:
            return SENTENCES[Group(entered[0])](case)[0]
        tier, *rest = sentences_of(case)
        if change.old_tier != change.tier:
            return tier
        if change.old_style != change.style and change.style == Style.TRADER:
            return rest[0]
        return ""


def _change_row(change: SegmentChange, client: Client, branches: dict[int, Unit], why: _Why) -> ChangeRow:
    branch = branches.get(change.branch_id)
    return ChangeRow(
        url=reverse("clients:detail", args=[client.client_no]),
        number=grouped(client.client_no),
        name=shown_name(client.name, client.kind, clear=False),
        branch=branch.name if branch else "",
        before=_before(change),
        after=_after(change),
        why=why(change, client.opened_on),
        assets=change.average_assets,
    )


def _before(change: SegmentChange) -> list[SafeString]:
    """What of the former standing no longer holds; nothing for a client's first."""
    if not change.old_group:
        return []
    return _side(change, change.old_tier, change.old_style, change.old_matches or [change.old_group])


def _after(change: SegmentChange) -> list[SafeString]:
    """What is new; for a client who closed that alone."""
    if change.kind == ChangeKind.CLOSING:
        return [badge("client", "closed")]
    return _side(change, change.tier, change.style, change.matches or [change.group])


def _side(change: SegmentChange, tier: str, style: str, groups: Sequence[str]) -> list[SafeString]:
    """Tier, style and groups of one side, each only where the two sides differ. The primary group leads."""
    shown = [badge("tier", tier)] if change.old_tier != change.tier else []
    shown += [badge("style", style)] if change.old_style != change.style else []
    if (change.old_group, change.old_matches) != (change.group, change.matches):
        shown += [badge("group", code) for code in groups]
    return shown


def branches_in(scope: Scope) -> list[Unit]:
    """The branches in a scope, by code."""
    branches = Unit.objects.branches().only("pk", "code", "name").order_by("code")
    return list(branches if scope.everything else branches.filter(pk__in=scope.branch_ids))
