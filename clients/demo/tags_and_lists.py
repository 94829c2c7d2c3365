"""Tags that the branches put on their clients, and lists that their directors keep for the team."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from clients.demo.people import STAFF
from clients.lists.choices import ListKind
from clients.lists.keeping import make_list
from clients.lists.services import add_members, put_tag
from clients.lists.vocabulary import create_tag
from clients.profile.choices import ClientKind, ClientStatus
from clients.profile.models import Client
from crm.organisation.models import User

MAINTAINER = "8401"  # of sales & trading headquarters
OLD_FRIENDS_UNTIL = 2012  # opened before this year
SENIOR_FROM_AGE = 65
INVITED = 30  # clients of a branch on its list
UNUSED = ("港股通意向", "可转债打新", "家族传承")


def tag_and_list(*, until: dt.date) -> None:
    """Tags for institutions, seniors and long-standing clients; a fixed list and one by rule for each branch."""
    at = dt.datetime.combine(until, dt.time(9, 30), tzinfo=timezone.get_default_timezone())
    maintainer = User.objects.get(staff_no=MAINTAINER)
    open_accounts = Client.objects.exclude(status=ClientStatus.CLOSED)
    born_by = until.replace(year=until.year - SENIOR_FROM_AGE, day=1)
    tagged = (
        ("机构客户", open_accounts.filter(kind=ClientKind.INSTITUTION)),
        ("老年客户（适当性关注）", open_accounts.filter(birth_date__lt=born_by)),
        ("老客户", open_accounts.filter(opened_on__year__lt=OLD_FRIENDS_UNTIL)),
    )
    tags = {name: create_tag(name=name, by=maintainer) for name in (*(name for name, _clients in tagged), *UNUSED)}
    directors = [person.staff_no for person in STAFF if "marketing_director" in person.roles]
    for director in User.objects.filter(staff_no__in=directors).order_by("staff_no"):
        for name, clients in tagged:
            put_tag(tag=tags[name], clients=clients, by=director, at=at)
        unit = director.appointments.get(role="marketing_director").unit
        make_list(name="测评过期待回访", kind=ListKind.RULE, query="risk=expired", unit=unit, by=director, at=at)
        invited = make_list(name="四季度策略会邀请名单", kind=ListKind.FIXED, unit=unit, by=director, at=at)
        eldest = open_accounts.filter(branch=unit).order_by("opened_on", "pk")[:INVITED]
        add_members(client_list=invited, clients=Client.objects.filter(pk__in=eldest.values("pk")), by=director, at=at)
