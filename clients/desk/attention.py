"""What needs somebody now, among the clients of his scope: movements, new clients, risk profiles that run out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, DecimalField, IntegerField, QuerySet, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from clients.desk.rows import client_url
from clients.desk.sentences import movement_sentence
from clients.profile.choices import ClientStatus
from clients.profile.policies import own_manager_ids, shown_name
from clients.segmentation.choices import Group, MovementKind
from clients.segmentation.models import Standing
from clients.suitability.choices import level_short
from crm.access.scope import scope_of
from crm.organisation.models import User
from crm.web import figures

MOST = 5
RISK_AHEAD = dt.timedelta(days=30)
SOON = dt.timedelta(days=3)
FIRST_MONTH = dt.timedelta(days=30)
OPEN = (ClientStatus.ACTIVE, ClientStatus.SUSPENDED)


@dataclass(frozen=True)
class Item:
    """One line: since when or until when, which badge, whose, why, and where it leads."""

    day: dt.date | None
    loud: bool
    badge: tuple[str, str]  # kind and code of crm.web.badges
    name: str
    is_own: bool  # shown in clear
    number: str
    url: str
    sentence: str


def attention(user: User, today: dt.date) -> list[Item]:
    """What needs `user` now: movements, then new clients, then risk profiles that run out. Three queries.

    Somebody who sees the whole firm gets the most urgent movements alone: the rest is the branches' work.
    """
    standings = Standing.objects.visible_to(user).filter(status__in=OPEN).select_related("client")
    own = own_manager_ids(user)
    items = _movements(standings, own)
    if not scope_of(user).everything:
        items += [*_new_clients(standings, own, today), *_risk_profiles(standings, own, today)]
    return items


def _movements(standings: QuerySet[Standing], own: frozenset[int]) -> list[Item]:
    kind, size = KT("reasons__movements__0__kind"), KT("reasons__movements__0__size")
    rank = Case(
        *(When(first_kind=str(code), then=Value(index)) for index, code in enumerate(MovementKind)),
        default=Value(len(MovementKind)),
        output_field=IntegerField(),
    )
    moved = standings.filter(group=Group.MOVEMENT).annotate(first_kind=kind, rank=rank)
    moved = moved.annotate(size=Cast(size, DecimalField(max_digits=24, decimal_places=2)))
    ranked = moved.order_by("rank", "-size", "pk")[:MOST]
    return [_item(standing, own, _first_movement(standing.reasons)) for standing in ranked]


def _first_movement(reasons: dict[str, Any] | None) -> dict[str, Any]:
    movements: Sequence[dict[str, Any]] = (reasons or {}).get("movements", ())
    return movements[0] if movements else {}


def _item(standing: Standing, own: frozenset[int], movement: dict[str, Any]) -> Item:
    day = dt.date.fromisoformat(movement["day"]) if movement else standing.group_since
    badge = ("group", str(Group.MOVEMENT))
    return _line(standing, own, day=day, badge=badge, sentence=movement_sentence(movement))


def _risk_profiles(standings: QuerySet[Standing], own: frozenset[int], today: dt.date) -> list[Item]:
    """Risk profiles that run out within a month, or ran out within the last one: those come first."""
    ending = standings.filter(risk_until__range=(today - RISK_AHEAD, today + RISK_AHEAD)).order_by("risk_until", "pk")
    lines = []
    for standing in ending[:MOST]:
        until = standing.risk_until or today
        over = until < today
        words = _("The risk profile %(level)s has expired.") if over else _("The risk profile %(level)s expires.")
        lines.append(
            _line(
                standing,
                own,
                day=until,
                loud=until <= today + SOON,
                badge=("risk", "expired") if over else ("risk", standing.risk_level),
                sentence=words % {"level": level_short(standing.risk_level)},
            )
        )
    return lines


def _new_clients(standings: QuerySet[Standing], own: frozenset[int], today: dt.date) -> list[Item]:
    """New clients, the longest-standing first: their first month, in which they are to be taught, ends soonest."""
    fresh = standings.filter(group=Group.NEW).order_by("opened_on", "pk")[:MOST]
    lines = []
    for standing in fresh:
        ends = standing.opened_on + FIRST_MONTH
        words = _("Day %(n)s since opening; the first month ends %(day)s.") % {
            "n": (today - standing.opened_on).days + 1,
            "day": figures.near_day(ends, today),
        }
        badge = ("group", str(Group.NEW))
        lines.append(_line(standing, own, day=ends, loud=ends <= today + SOON, badge=badge, sentence=words))
    return lines


def _line(
    standing: Standing,
    own: frozenset[int],
    *,
    day: dt.date | None,
    badge: tuple[str, str],
    sentence: str,
    loud: bool = False,
) -> Item:
    client = standing.client
    is_own = client.manager_id in own
    return Item(
        day=day,
        loud=loud,
        badge=badge,
        name=shown_name(client.name, client.kind, clear=is_own),
        is_own=is_own,
        number=client.client_no,
        url=client_url(client.client_no),
        sentence=sentence,
    )
