"""Reads of who looks after whom, for pages."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from clients.care import policies
from clients.care.choices import AssignmentState, HandoverRule
from clients.care.models import Handover
from clients.care.policies import IN_CARE, Post
from clients.care.sharing import share_out
from clients.contacts.models import FollowUp
from clients.profile.models import Client
from crm.access.scope import scope_of
from crm.organisation.models import Unit, User

NOTHING = Decimal(0)
TIERS = ("diamond", "platinum", "gold", "silver", "none")


@dataclass(frozen=True)
class Held:
    """What somebody holds in the branches of who asks. Assets are average assets in CNY."""

    person: User
    clients: int
    assets: Decimal
    promises: int


@dataclass(frozen=True)
class Share:
    """What one successor would get, or got."""

    person: User
    has: int
    clients: int
    assets: Decimal
    tiers: tuple[tuple[str, int], ...]  # code and number, highest first

    @property
    def then(self) -> int:
        return self.has + self.clients


@dataclass(frozen=True)
class Preview:
    """A hand-over before it is done."""

    shares: Sequence[Share]
    without_successor: int
    clients: int
    promises: int
    elsewhere: int  # clients of branches that are not the reader's: they stay


def leavers(by: User) -> list[Held]:
    """Who has left, or leaves, and still holds clients or promises in the branches of `by`; the first gone first."""
    clients = Client.objects.filter(IN_CARE, policies.branch_condition(by), manager=OuterRef("pk"))
    promised = FollowUp.objects.open().filter(policies.branch_condition(by, "client__branch_id"), owner=OuterRef("pk"))
    gone = User.objects.filter(Q(left_on__isnull=False) | Q(is_active=False))
    found = gone.filter(Exists(clients) | Exists(promised)).order_by("left_on", "staff_no")
    return what_they_hold(list(found), by)


def what_they_hold(people: Sequence[User], by: User) -> list[Held]:
    """Clients (not closed), their assets and open promises of some people, in the branches of `by`. Two queries."""
    if not people:
        return []
    clients = (
        Client.objects.filter(IN_CARE, policies.branch_condition(by), manager__in=people)
        .values_list("manager_id")
        .annotate(number=Count("pk"), worth=Sum("standing__average_assets"))
    )
    promised = (
        FollowUp.objects.open()
        .filter(policies.branch_condition(by, "client__branch_id"), owner__in=people)
        .values_list("owner_id")
        .annotate(number=Count("pk"))
    )
    cared = {pk: (number, worth) for pk, number, worth in clients}
    kept = dict(promised)
    return [Held(one, *cared.get(one.pk, (0, NOTHING)), kept.get(one.pk, 0)) for one in people]


def managers_of(branch: Unit, by: User, day: dt.date) -> list[Held]:
    """Whoever holds clients of a branch or a managing role there, by staff number."""
    holding = Client.objects.filter(IN_CARE, branch=branch, manager=OuterRef("pk"))
    posted = [post.user.pk for post in policies.posts(day, branches=[branch.pk])]
    people = User.objects.filter(Q(pk__in=posted) | Q(Exists(holding))).order_by("staff_no")
    return what_they_hold(list(people), by)


def branches_of(by: User) -> list[Unit]:
    """The branches in which `by` may hand clients over."""
    scope = scope_of(by)
    units = Unit.objects.branches().filter(is_active=True).order_by("code")
    return list(units if scope.everything else units.filter(pk__in=scope.branch_ids))


def candidates(person: User, by: User, day: dt.date) -> list[Held]:
    """Who may take over what `person` holds: the managers of the branches in which his clients are, without him."""
    here = Client.objects.filter(IN_CARE, policies.branch_condition(by), manager=person)
    promised = FollowUp.objects.open().filter(policies.branch_condition(by, "client__branch_id"), owner=person)
    branches = {
        *here.values_list("branch_id", flat=True).distinct(),
        *promised.values_list("client__branch_id", flat=True),
    }
    found = {post.user.pk: post.user for post in policies.posts(day, branches=branches) if post.user.pk != person.pk}
    return what_they_hold(list(found.values()), by)


def preview(person: User, successors: Sequence[User], rule: HandoverRule, by: User, day: dt.date) -> Preview:
    """Who would get how much of what `person` holds. Raises ValidationError for successors who cannot be."""
    posts = policies.check_successors(successors, person, day)
    his = Client.objects.filter(IN_CARE, manager=person)
    mine = his.filter(policies.branch_condition(by))
    rows = _shared(mine, posts, rule)
    has = {held.person.pk: held.clients for held in what_they_hold(successors, by)}
    shares = [_share(one, has.get(one.pk, 0), [row for row in rows if row[0] == one.pk]) for one in successors]
    clients = sum(share.clients for share in shares)
    held = what_they_hold([person], by)[0]
    return Preview(
        shares=shares,
        without_successor=sum(number for pk, _tier, number, _assets in rows if pk is None),
        clients=clients,
        promises=held.promises,
        elsewhere=his.count() - held.clients,
    )


Row = tuple[int | None, str, int, Decimal]  # successor, tier, clients, assets


def _shared(clients: QuerySet[Client], posts: Sequence[Post], rule: HandoverRule) -> list[Row]:
    sharing = share_out(clients, posts, rule)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT new_manager_id, tier, count(*), sum(assets) FROM ({sharing.sql}) AS shared
                GROUP BY new_manager_id, tier""",  # noqa: S608 (compiled by this room)
            list(sharing.params),
        )
        return list(cursor.fetchall())


def _share(person: User, has: int, rows: Iterable[Row]) -> Share:
    tiers = {tier: (number, assets) for _pk, tier, number, assets in rows}
    known = [tier for tier in TIERS if tier in tiers]
    return Share(
        person=person,
        has=has,
        clients=sum(number for number, _assets in tiers.values()),
        assets=sum((assets for _number, assets in tiers.values()), NOTHING),
        tiers=tuple((tier, tiers[tier][0]) for tier in known),
    )


@dataclass(frozen=True)
class Received:
    """What a successor got in a hand-over, and how far the core system has it."""

    person: User | None
    clients: int
    pending: int
    confirmed: int
    superseded: int


def received(handover: Handover) -> list[Received]:
    """Who got how many clients in a hand-over, by staff number: two queries."""
    counted: dict[int | None, Counter[str]] = defaultdict(Counter)
    rows = handover.assignments.values_list("new_manager_id", "state").annotate(number=Count("pk"))
    for pk, state, number in rows:
        counted[pk][state] = number
    people = User.objects.in_bulk([pk for pk in counted if pk is not None])
    found = [
        Received(
            person=people.get(pk) if pk is not None else None,
            clients=sum(states.values()),
            pending=states[AssignmentState.PENDING],
            confirmed=states[AssignmentState.CONFIRMED],
            superseded=states[AssignmentState.SUPERSEDED],
        )
        for pk, states in counted.items()
    ]
    return sorted(found, key=lambda one: one.person.staff_no if one.person else "")
