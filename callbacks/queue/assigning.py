"""Assigning calls: to one person, or shared out among several by a rule; one call or a hundred thousand.

What each person may call is the rule of `eligibility`, here as SQL over `calls_chosen` (a test compares the two). The
calls that the same people may make are one group; a group is shared out by slots: the n-th call of the group, the most
urgent first, goes to the n-th slot, and slots are filled level by level, so that nobody gets two before others got one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction
from django.db.models import Count, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from callbacks.calls.choices import OPEN
from callbacks.calls.models import Call
from callbacks.calls.workflow import NAME
from callbacks.queue import assigning_sql as sql
from callbacks.queue.choosing import freeze
from callbacks.queue.eligibility import Caller, caller
from callbacks.queue.models import Skill
from callbacks.queue.rules import rules
from callbacks.queue.supervising import ASSIGN, STEERED, Outcome
from clients.care.sharing import brim
from crm.access.guards import refusal
from crm.audit.services import acting
from crm.events.services import publish
from crm.messaging.services import tell
from crm.organisation.models import User
from crm.workflow.engine import LONGEST_REASON

MOST_PEOPLE = 50


class Share(models.TextChoices):
    """How calls are shared out."""

    IN_TURN = "in_turn", gettext_lazy("In turn")
    BY_LOAD = "by_load", gettext_lazy("To whoever has the fewest open calls")
    BY_SKILL = "by_skill", gettext_lazy("By load, people skilled in the reason first")
    BY_MANAGER = "by_manager", gettext_lazy("Each to the client's customer manager (courtesy calls)")


@dataclass(frozen=True)
class Preview:
    """Who would get how many, by user; how many stay as they are; how many are refused, by reason."""

    matched: int
    given: Mapping[int, int]
    unchanged: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)


def preview_assignment(*, calls: QuerySet[Call], people: Sequence[User], share: str, by: User) -> Preview:
    """What `assign_calls` would do now; nothing is written. Raises as it does."""
    with transaction.atomic():
        return _share_out(calls, people, Share(share), by, lock=False)


@transaction.atomic
def assign_calls(
    *,
    calls: QuerySet[Call],
    people: Sequence[User],
    share: str = Share.IN_TURN,
    reason: str = "",
    by: User,
    at: dt.datetime | None = None,
) -> Outcome:
    """Assign waiting calls to `people` (for BY_MANAGER to the clients' managers, whoever `people` are), who are told.

    Whom nobody of them may call is refused, by reason. Raises PermissionDenied without the permission, ValidationError
    without people or with more than fifty.
    """
    at = at or timezone.now()
    with acting(by=by, reason=reason.strip()):
        plan = _share_out(calls, people, Share(share), by, lock=True)
        values: dict[str, Any] = {"workflow": NAME, "by": by.pk, "at": at, "reason": reason.strip()[:LONGEST_REASON]}
        with connection.cursor() as cursor:
            cursor.execute(sql.ASSIGN_THEM, values)
    done = sum(plan.given.values())
    if done:
        publish(STEERED, {"verb": "assign", "calls": done}, at=at)
        _tell(plan.given, by, at)
    return Outcome(plan.matched, done, plan.unchanged, plan.refused)


@transaction.atomic
def take_back_assignment(
    *, calls: QuerySet[Call], reason: str = "", by: User, at: dt.datetime | None = None
) -> Outcome:
    """Let waiting calls be anybody's of their unit again. Raises PermissionDenied without the permission."""
    at = at or timezone.now()
    _check(by)
    values: dict[str, Any] = {"workflow": NAME, "by": by.pk, "at": at, "reason": reason.strip()[:LONGEST_REASON]}
    with acting(by=by, reason=reason.strip()):
        matched = freeze(calls, by)
        with connection.cursor() as cursor:
            cursor.execute(sql.TAKE_BACK, values)
            came = dict(cursor.fetchall())
    done, same = came.pop("done", 0), came.pop("same", 0)
    if done:
        publish(STEERED, {"verb": "assign", "calls": done}, at=at)
    return Outcome(matched, done, same, came)


def _check(by: User) -> None:
    if not by.has_perm(ASSIGN):
        raise PermissionDenied(refusal(ASSIGN))


def _share_out(calls: QuerySet[Call], people: Sequence[User], share: Share, by: User, *, lock: bool) -> Preview:
    """Freeze, judge and share out; `calls_given` says who gets what."""
    _check(by)
    matched = freeze(calls, by, lock=lock)
    people = _managers() if share is Share.BY_MANAGER else list({one.pk: one for one in people}.values())
    if not people and share is not Share.BY_MANAGER:
        raise ValidationError({"to": _("Say who gets them.")})
    if len(people) > MOST_PEOPLE and share is not Share.BY_MANAGER:
        raise ValidationError({"to": _("At most %(n)s people at once.") % {"n": MOST_PEOPLE}})
    known = [caller(one) for one in people]
    large = rules().large_amount
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.calls_people, pg_temp.calls_judged, pg_temp.calls_ranked")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.calls_given")
        cursor.execute(sql.PEOPLE, _columns(known, _skills(known)))
        cursor.execute(sql.JUDGE, {"own": share is Share.BY_MANAGER, "large": large})
        cursor.execute(sql.GROUP, {"by_skill": share is Share.BY_SKILL})
        cursor.execute("SELECT fit, count(*) FROM calls_ranked GROUP BY 1 ORDER BY cardinality(fit), fit")
        posts = _posts(cursor.fetchall(), known, {} if share is Share.IN_TURN else _loads(known))
        cursor.execute(sql.GIVEN, posts)
        cursor.execute(sql.COUNTS)
        counted = cursor.fetchall()
        cursor.execute(sql.REFUSED)
        refused = dict(cursor.fetchall())
    given = {pk: changed for pk, changed, _all in counted if changed}
    return Preview(matched, given, sum(every - changed for _pk, changed, every in counted), refused)


def _columns(known: Iterable[Caller], skills: Mapping[int, Sequence[str]]) -> list[list[Any]]:
    lines = [
        (
            one.pk,
            ",".join(map(str, sorted(one.ids))),
            ",".join(map(str, sorted(one.pools))),
            one.may_work,
            one.may_courtesy,
            one.central,
            ",".join(skills.get(one.pk, ())),
        )
        for one in known
    ]
    return [list(column) for column in zip(*lines, strict=True)] or [[] for _ in range(7)]


def _managers() -> list[User]:
    """Who looks after the clients of the chosen calls and is in service: one query."""
    serving = User.objects.in_service(timezone.localdate())
    return list(serving.filter(pk__in=RawSQL("SELECT manager_id FROM calls_chosen", ())).order_by("pk"))


def _skills(known: Sequence[Caller]) -> dict[int, list[str]]:
    kept: dict[int, list[str]] = defaultdict(list)
    for pk, kind in Skill.objects.filter(user__in=[one.pk for one in known]).values_list("user_id", "kind"):
        kept[pk].append(kind)
    return kept


def _loads(known: Sequence[Caller]) -> dict[int, int]:
    """How many open calls are assigned to each, the chosen ones left out."""
    held = Call.objects.filter(state__in=OPEN, assignee__in=[one.pk for one in known])
    held = held.exclude(pk__in=RawSQL("SELECT id FROM calls_chosen", ()))
    return dict(held.order_by().values_list("assignee_id").annotate(n=Count("pk")))


def _posts(
    groups: Sequence[tuple[list[int], int]], known: Sequence[Caller], loads: Mapping[int, int]
) -> dict[str, list[Any]]:
    """From which level to which each person is filled in each group; groups with the fewest people come first."""
    order = {one.pk: place for place, one in enumerate(known)}
    level = {one.pk: loads.get(one.pk, 0) for one in known}
    posts: dict[str, list[Any]] = {"fit": [], "id": [], "place": [], "held": [], "top": []}
    for fit, number in groups:
        people = sorted(fit, key=order.__getitem__)
        top = brim([level[pk] for pk in people], number)
        left = number
        for place, pk in enumerate(people):
            for name, value in zip(posts, (",".join(map(str, fit)), pk, place, level[pk], top), strict=True):
                posts[name].append(value)
        for lap in _laps(people, level, top):
            if left:
                level[lap] += 1
                left -= 1
    return posts


def _laps(people: Sequence[int], level: Mapping[int, int], top: int) -> list[int]:
    """In which order people get calls: the lowest level first, then in the order in which they were named."""
    slots = [(at, place, pk) for place, pk in enumerate(people) for at in range(level[pk], top + 1)]
    return [pk for _at, _place, pk in sorted(slots)]


def _tell(given: Mapping[int, int], by: User, at: dt.datetime) -> None:
    """Everybody is told once how many calls were assigned to him."""
    people = User.objects.in_bulk(list(given))
    for pk, number in given.items():
        text = partial(_words, by, number)
        tell(users=[people[pk]], key=f"assigned:{at.timestamp()}", text=text, url=reverse("callbacks:queue"), at=at)


def _words(by: User, number: int) -> str:
    words = ngettext("%(by)s assigned %(n)s call to you.", "%(by)s assigned %(n)s calls to you.", number)
    return words % {"by": by.name, "n": f"{number:,}"}
