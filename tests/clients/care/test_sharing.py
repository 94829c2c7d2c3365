"""How clients are shared out; against a twin that goes client by client."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from clients.care.choices import HandoverRule
from clients.care.policies import Post
from clients.care.sharing import brim, share_out
from clients.profile.models import Client
from crm.organisation.models import Unit, User
from tests.factories.care import worth
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db


def shared(clients: Any, posts: list[Post], rule: HandoverRule) -> dict[int, int | None]:
    sharing = share_out(clients, posts, rule)
    with connection.cursor() as cursor:
        cursor.execute(sharing.sql, sharing.params)
        return {row[0]: row[3] for row in cursor.fetchall()}


def one_by_one(clients: list[Client], posts: list[Post], rule: HandoverRule) -> dict[int, int | None]:
    """The same rules, client by client."""
    loads: Counter[int | None] = Counter(Client.objects.exclude(status="closed").values_list("manager_id", flat=True))
    loads.subtract(one.manager_id for one in clients)
    given: dict[int, int | None] = {}
    turns: Counter[int] = Counter()
    for one in sorted(clients, key=lambda one: (-one.standing.average_assets, one.pk)):
        of_branch = [post.user.pk for post in posts if post.branch_id == one.branch_id]
        if not of_branch:
            given[one.pk] = None
        elif rule is HandoverRule.IN_TURN:
            given[one.pk] = of_branch[turns[one.branch_id] % len(of_branch)]
            turns[one.branch_id] += 1
        else:
            chosen = min(of_branch, key=lambda pk: (loads[pk], of_branch.index(pk)))
            given[one.pk] = chosen
            loads[chosen] += 1
    return given


@pytest.mark.parametrize("rule", list(HandoverRule))
@pytest.mark.parametrize("seed", range(4))
def test_the_same_as_one_by_one(rule: HandoverRule, seed: int) -> None:
    dice = random.Random(seed)
    branches = [branch() for _ in range(3)]
    people: list[tuple[User, Unit]] = [
        (person("customer_manager", unit), unit) for unit in branches[:2] for _ in range(3)
    ]
    gone = person("customer_manager", branches[0])
    posts = [Post(user, unit.pk) for user, unit in people]
    for user, unit in people:
        for _ in range(dice.randint(0, 6)):
            client(branch=unit, manager=user, status=dice.choice(["active", "closed"]))
    moved = [
        worth(client(branch=dice.choice(branches), manager=dice.choice([gone, people[0][0]])), dice.choice([0, 5, 9]))
        for _ in range(25)
    ]
    chosen = Client.objects.filter(pk__in=[one.pk for one in moved])

    expected = one_by_one(list(chosen.select_related("standing")), posts, rule)
    assert shared(chosen, posts, rule) == expected
    assert len(expected) == 25


@pytest.mark.parametrize(
    ("loads", "number", "level"),
    [([0], 1, 0), ([0], 5, 4), ([3, 0], 3, 2), ([3, 0], 4, 3), ([3, 3, 3], 3, 3), ([9, 0], 2, 1)],
)
def test_the_level_to_which_people_are_filled(loads: list[int], number: int, level: int) -> None:
    assert brim(loads, number) == level


def test_nothing_to_share(here: Unit, first: User) -> None:
    assert shared(Client.objects.none(), [Post(first, here.pk)], HandoverRule.BY_LOAD) == {}
