"""A branch, its callback clerk, and a script with one question of each kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from callbacks.calls.freezing import freeze_scripts
from callbacks.calls.models import Call, OutcomeCode
from callbacks.scripts.models import Script
from crm.organisation.models import Unit, User
from tests.factories.calls import CallFactory, ReasonFactory, ScriptFactory, ScriptVersionFactory, claimed
from tests.factories.clients import ClientFactory
from tests.factories.people import person
from tests.factories.units import BranchFactory

MORNING = dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)  # Wednesday 10:00 in Shanghai
NIGHT = dt.datetime(2026, 11, 25, 19, 0, tzinfo=dt.UTC)  # Thursday 03:00
QUESTIONS: dict[str, Any] = {
    "questions": [
        {"code": "opening", "kind": "statement", "text": "您好，我是{branch}的{agent}，本次通话将被录音。"},
        {
            "code": "own_wish",
            "kind": "yes_no",
            "text": "这笔操作是您本人办理的吗？",
            "topic": "staff_operated",
            "required_by_regulation": True,
            "critical": {"answers": ["no"]},
        },
        {"code": "satisfied", "kind": "scale", "text": "请您对我们的服务打分，1 到 5 分。", "weight": 1},
        {"code": "wish", "kind": "text", "text": "您还有什么需要？", "optional": True},
    ]
}

Given = Callable[..., Call]


@pytest.fixture
def branch() -> Unit:
    unit: Unit = BranchFactory(phone="0755-12345678")
    return unit


@pytest.fixture
def clerk(branch: Unit) -> User:
    return person("callback_clerk", branch)


@pytest.fixture
def script() -> Script:
    made: Script = ScriptFactory()
    ScriptVersionFactory(script=made, content=QUESTIONS)
    return made


@pytest.fixture
def held(branch: Unit, clerk: User, script: Script) -> Given:
    """`held(by=…, at=…, **fields of the call)`: a call that the clerk works on, its script frozen."""

    def make(by: User = clerk, at: dt.datetime = MORNING, reason: dict[str, Any] | None = None, **fields: Any) -> Call:
        fields.setdefault("client", ClientFactory(branch=branch, id_number="110101199001011234", phone="13800136021"))
        fields.setdefault("due_at", at + dt.timedelta(days=2))
        made = claimed(by, at=at, **fields)
        made.reasons.update(script=script, **(reason or {}))
        return freeze_scripts(call=made, by=by)

    return make


def waiting(script: Script, **fields: Any) -> Call:
    """A call that nobody has claimed yet, with one reason."""
    made: Call = CallFactory(**fields)
    ReasonFactory(call=made, script=script)
    return made


def code(name: str) -> OutcomeCode:
    return OutcomeCode.objects.get(code=name)
