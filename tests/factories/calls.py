"""Scripts, plans, calls and what hangs on a call."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from django.db import transaction
from django.utils import timezone
from factory.django import DjangoModelFactory

from callbacks.calls.choices import CallState, ReasonKind, Side
from callbacks.calls.models import Attempt, Call, CallReason, Concern, HandOver, OutcomeCode
from callbacks.calls.workflow import CALLS
from callbacks.enquiries.models import Enquiry
from callbacks.plans.choices import DueUnit
from callbacks.plans.models import Making, Plan
from callbacks.queue.models import Skill, Skip
from callbacks.scripts.choices import VersionState
from callbacks.scripts.models import Script, ScriptVersion
from crm.organisation.models import User
from tests.factories.clients import ClientFactory
from tests.factories.people import UserFactory
from tests.factories.units import BranchFactory

LEASE = dt.timedelta(minutes=30)
# A small script: one statement, one critical question, one scale.
CONTENT: dict[str, Any] = {
    "questions": [
        {"code": "opening", "kind": "statement", "text": "您好，我是{branch}的{agent}，本次通话将被录音。"},
        {
            "code": "own_wish",
            "kind": "yes_no",
            "text": "这笔操作是您本人办理的吗？",
            "required_by_regulation": True,
            "topic": "staff_operated",
            "critical": {"answers": ["no"]},
        },
        {
            "code": "satisfied",
            "kind": "scale",
            "text": "请您对我们的服务打分，1 到 5 分。",
            "weight": 1,
        },
    ]
}


class ScriptFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = Script

    code = factory.Sequence(lambda n: f"script-{n}")
    name = factory.Sequence(lambda n: f"话术{n}")
    kinds = factory.LazyFunction(lambda: [ReasonKind.MOVEMENT])


class ScriptVersionFactory(DjangoModelFactory):  # type: ignore[misc]
    """A published version; `state="draft"` with `published_at=None` for one that is not."""

    class Meta:
        model = ScriptVersion

    script = factory.SubFactory(ScriptFactory)
    number = 1
    state = VersionState.PUBLISHED
    content = factory.LazyFunction(lambda: CONTENT)
    made_at = factory.LazyFunction(timezone.now)
    published_at = factory.LazyFunction(timezone.now)


class PlanFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = Plan

    code = factory.Sequence(lambda n: f"plan-{n}")
    name = factory.Sequence(lambda n: f"计划{n}")
    kind = ReasonKind.MOVEMENT
    side = Side.BRANCH
    script = factory.SubFactory(ScriptFactory)
    rank = 10
    due_count = 2
    due_unit = DueUnit.TRADING_DAYS
    changed_at = factory.LazyFunction(timezone.now)


class MakingFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = Making

    plan = factory.SubFactory(PlanFactory)
    key = factory.Sequence(lambda n: f"day:{n}")
    day = factory.LazyFunction(timezone.localdate)
    at = factory.LazyFunction(timezone.now)


class CallFactory(DjangoModelFactory):  # type: ignore[misc]
    """A call that waits in the pool of the client's branch and may be dialled."""

    class Meta:
        model = Call

    client = factory.SubFactory(ClientFactory)
    branch = factory.LazyAttribute(lambda made: made.client.branch if made.client else None)
    unit = factory.LazyAttribute(lambda made: made.branch or BranchFactory())
    kind = ReasonKind.MOVEMENT
    rank = 10
    due_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=2))
    made_at = factory.LazyFunction(timezone.now)
    ready = factory.LazyAttribute(lambda made: made.state == CallState.WAITING and not made.hold)
    state = CallState.WAITING
    hold = ""


class ReasonFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = CallReason

    call = factory.SubFactory(CallFactory)
    client = factory.LazyAttribute(lambda made: made.call.client if made.call else None)
    branch = factory.LazyAttribute(lambda made: made.call.branch if made.call else None)
    kind = factory.LazyAttribute(lambda made: made.call.kind if made.call else ReasonKind.MOVEMENT)
    subject = factory.Sequence(lambda n: f"subject:{n}")
    script = factory.SubFactory(ScriptFactory)
    rank = factory.LazyAttribute(lambda made: made.call.rank if made.call else 10)
    due_at = factory.LazyAttribute(lambda made: made.call.due_at if made.call else timezone.now())
    made_at = factory.LazyFunction(timezone.now)


class OutcomeCodeFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = OutcomeCode
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"code-{n}")
    label_zh = "代码"
    label_en = "Code"


class AttemptFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = Attempt

    call = factory.SubFactory(CallFactory)
    number = 1
    by = factory.SubFactory(UserFactory)
    started_at = factory.LazyFunction(timezone.now)


class ConcernFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = Concern

    kind = "critical_answer"
    call = factory.SubFactory(CallFactory)
    client = factory.LazyAttribute(lambda made: made.call.client if made.call else None)
    question = "own_wish"
    said = "否"
    at = factory.LazyFunction(timezone.now)
    by = factory.SubFactory(UserFactory)


class HandOverFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = HandOver

    call = factory.SubFactory(CallFactory)
    from_user = factory.SubFactory(UserFactory)
    to_user = factory.SubFactory(UserFactory)
    reason = "换班"
    asked_at = factory.LazyFunction(timezone.now)


class SkillFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = Skill

    user = factory.SubFactory(UserFactory)
    kind = ReasonKind.MOVEMENT


class SkipFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = Skip

    call = factory.SubFactory(CallFactory)
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)
    reason = "other"


class EnquiryFactory(DjangoModelFactory):  # type: ignore[misc]
    """An enquiry that somebody has taken."""

    class Meta:
        model = Enquiry

    enquiry_no = factory.Sequence(lambda n: f"Q{n:08d}")
    unit = factory.SubFactory(BranchFactory)
    arrived_at = factory.LazyFunction(timezone.now)
    taken_at = factory.LazyFunction(timezone.now)
    owner = factory.SubFactory(UserFactory)
    taken_by = factory.LazyAttribute(lambda made: made.owner)


def claimed(by: User, *, at: dt.datetime | None = None, **fields: Any) -> Call:
    """A call with one reason that `by` works on, claimed as the product does it: with its step in the log."""
    at = at or timezone.now()
    made: Call = CallFactory(**fields)
    ReasonFactory(call=made)
    with transaction.atomic():
        CALLS.log(made, "claim", old=made.state, by=by, at=at)
        Call.objects.filter(pk=made.pk).update(
            state=CallState.CLAIMED, ready=False, claimed_by=by, claimed_at=at, lease_until=at + LEASE
        )
    made.refresh_from_db()
    return made
