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
from callbacks.queue.choosing import freeze
from callbacks.queue.eligibility import Caller, caller
from callbacks.queue.models import Skill
from callbacks.queue.refusals import NOT_WAITING
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


# Why a person may not be given a call; null when he may. The order is that of `eligibility.why_not`.
WHY_NOT = f"""CASE
    WHEN {NOT_WAITING} IS NOT NULL THEN {NOT_WAITING}
    WHEN ch.hold <> '' THEN 'held'
    WHEN NOT p.may_work AND NOT p.may_courtesy THEN 'may_not'
    WHEN ch.form = 'phone' AND 'phone' = ANY (ch.opt_outs) THEN 'opt_out'
    WHEN ch.regulated AND ch.manager_id = ANY (p.ids) THEN 'manages'
    WHEN ch.regulated AND ch.introducer_id = ANY (p.ids) THEN 'introduced'
    WHEN ch.recused && p.ids THEN 'recused'
    WHEN %(large)s::numeric IS NOT NULL AND ch.assets >= %(large)s::numeric AND NOT p.central THEN 'large'
    WHEN NOT ch.regulated AND ch.manager_id = ANY (p.ids) AND p.may_courtesy THEN NULL
    WHEN NOT p.may_work THEN 'not_own'
    WHEN ch.assignee_id = ANY (p.ids) THEN NULL
    WHEN NOT ch.unit_id = ANY (p.pools) THEN 'other_unit'
END"""
PEOPLE = """
CREATE TEMP TABLE calls_people ON COMMIT DROP AS
SELECT id, string_to_array(ids, ',')::bigint[] AS ids, string_to_array(pools, ',')::bigint[] AS pools,
       may_work, may_courtesy, central, string_to_array(skills, ',') AS skills
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::boolean[], %s::boolean[], %s::boolean[], %s::text[])
     AS people (id, ids, pools, may_work, may_courtesy, central, skills)
"""
# Each call with the people who may be given it, in `fit`; the commonest reason against where nobody may.
JUDGE = f"""
CREATE TEMP TABLE calls_judged ON COMMIT DROP AS
SELECT ch.id, ch.rank, ch.due_at, ch.assignee_id, ch.state,
       coalesce(array_agg(p.id ORDER BY p.id) FILTER (WHERE judged.why IS NULL AND p.id IS NOT NULL), '{{}}') AS able,
       coalesce(array_agg(p.id ORDER BY p.id) FILTER (WHERE judged.why IS NULL AND ch.kind = ANY (p.skills)), '{{}}')
           AS skilled,
       coalesce(mode() WITHIN GROUP (ORDER BY judged.why), 'no_manager') AS why
FROM calls_chosen AS ch
LEFT JOIN calls_people AS p ON NOT %(own)s OR p.id = ch.manager_id
LEFT JOIN LATERAL (SELECT {WHY_NOT} AS why WHERE p.id IS NOT NULL) AS judged ON true
GROUP BY ch.id, ch.rank, ch.due_at, ch.assignee_id, ch.state
"""  # noqa: S608 (our own constant)
GROUP = """
CREATE TEMP TABLE calls_ranked ON COMMIT DROP AS
SELECT id, assignee_id, fit, row_number() OVER (PARTITION BY fit ORDER BY rank, due_at, id) - 1 AS n
FROM (SELECT *, CASE WHEN %(by_skill)s AND skilled <> '{}' THEN skilled ELSE able END AS fit FROM calls_judged) AS one
WHERE fit <> '{}'
"""
# A slot is (group, n, person): person `id` stands at levels from `held` to `brim` in the group `fit`.
GIVEN = """
CREATE TEMP TABLE calls_given ON COMMIT DROP AS
WITH posts AS (
    SELECT string_to_array(fit, ',')::bigint[] AS fit, id, place, held, top
    FROM unnest(%(fit)s::text[], %(id)s::bigint[], %(place)s::int[], %(held)s::int[], %(top)s::int[])
         AS posts (fit, id, place, held, top)
), slots AS (
    SELECT fit, id, row_number() OVER (PARTITION BY fit ORDER BY level, place) - 1 AS n
    FROM posts CROSS JOIN LATERAL generate_series(held, top) AS level
)
SELECT r.id, r.assignee_id, slots.id AS to_id FROM calls_ranked AS r JOIN slots USING (fit, n)
"""
COUNTS = (
    "SELECT to_id, count(*) FILTER (WHERE assignee_id IS DISTINCT FROM to_id), count(*) FROM calls_given GROUP BY 1"
)
REFUSED = "SELECT why, count(*) FROM calls_judged WHERE able = '{}' GROUP BY 1"
ASSIGN_THEM = """
WITH given AS (
    SELECT id, assignee_id, to_id FROM calls_given WHERE assignee_id IS DISTINCT FROM to_id
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, reason, details)
    SELECT %(workflow)s, id, 'assign', 'waiting', 'waiting', %(by)s, %(at)s, %(reason)s,
           jsonb_build_object('assignee', to_id, 'from', assignee_id)
    FROM given
)
UPDATE callbacks_call AS c
SET assignee_id = given.to_id, passed_by = array_remove(c.passed_by, given.to_id)
FROM given WHERE c.id = given.id
"""
TAKE_BACK = f"""
WITH judged AS (
    SELECT ch.id, ch.assignee_id, {NOT_WAITING} AS why FROM calls_chosen AS ch
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, reason, details)
    SELECT %(workflow)s, id, 'assign', 'waiting', 'waiting', %(by)s, %(at)s, %(reason)s,
           jsonb_build_object('assignee', NULL, 'from', assignee_id)
    FROM judged WHERE why IS NULL AND assignee_id IS NOT NULL
), changed AS (
    UPDATE callbacks_call AS c SET assignee_id = NULL FROM judged
    WHERE c.id = judged.id AND why IS NULL AND judged.assignee_id IS NOT NULL
)
SELECT coalesce(why, CASE WHEN assignee_id IS NULL THEN 'same' ELSE 'done' END), count(*) FROM judged GROUP BY 1
"""  # noqa: S608 (our own constant)


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
            cursor.execute(ASSIGN_THEM, values)
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
            cursor.execute(TAKE_BACK, values)
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
        cursor.execute(PEOPLE, _columns(known, _skills(known)))
        cursor.execute(JUDGE, {"own": share is Share.BY_MANAGER, "large": large})
        cursor.execute(GROUP, {"by_skill": share is Share.BY_SKILL})
        cursor.execute("SELECT fit, count(*) FROM calls_ranked GROUP BY 1 ORDER BY cardinality(fit), fit")
        posts = _posts(cursor.fetchall(), known, {} if share is Share.IN_TURN else _loads(known))
        cursor.execute(GIVEN, posts)
        cursor.execute(COUNTS)
        counted = cursor.fetchall()
        cursor.execute(REFUSED)
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
        words = ngettext("%(by)s assigned %(n)s call to you.", "%(by)s assigned %(n)s calls to you.", number)
        text = words % {"by": by.name, "n": f"{number:,}"}
        tell(users=[people[pk]], key=f"assigned:{at.timestamp()}", text=text, url=reverse("callbacks:queue"), at=at)
