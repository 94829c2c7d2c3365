"""A branch, its callback clerk, and a call that he works on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from callbacks.calls.freezing import freeze_scripts
from callbacks.calls.models import Call
from callbacks.scripts.models import Script
from crm.organisation.models import Unit, User
from tests.callbacks.held import MORNING, QUESTIONS, Given
from tests.factories.calls import ScriptFactory, ScriptVersionFactory, claimed
from tests.factories.clients import ClientFactory
from tests.factories.people import person
from tests.factories.units import BranchFactory


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
