"""The call screen of a busy client with a shipped script, and saving one answer of it."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from typing import Any

from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from callbacks.calls.freezing import script_of
from callbacks.calls.models import Answer, Call
from callbacks.queue.claiming import next_call
from callbacks.scripts.models import ScriptVersion
from callbacks.scripts.shipping import lay_shipped
from crm.organisation.models import User
from tests.bench.calls import AT, CLERKS, FIRST, lay_calls, put_back
from tests.bench.database import CLIENTS, as_owner, name_of, use
from tests.bench.figures import Figure, p95, timed, within

TIMES = 200
SCREEN, SAVING = 0.060, 0.020  # seconds
FORGET = "DELETE FROM callbacks_answer WHERE by_id >= 90000000"


class Desk:
    """Somebody who holds a call whose script is that of abnormal movements."""

    def __init__(self) -> None:
        use(CLIENTS)
        lay_calls(CLIENTS)
        lay_shipped()
        self.clerk = User.objects.get(pk=FIRST + CLERKS // 2)
        found = next_call(by=self.clerk, at=dt.datetime.fromisoformat(f"{AT}:00"))
        assert found is not None, "no call waits for the clerk of this bench"
        version = ScriptVersion.objects.get(script__code="movement", number=1)
        Call.objects.filter(pk=found.pk).update(script_versions=[version.pk], lease_until=timezone.now())
        self.call = Call.objects.get(pk=found.pk)
        self.browser = Browser(SERVER_NAME="localhost")
        self.browser.force_login(self.clerk)
        self.page = reverse("callbacks:call", args=[self.call.pk])
        self.answer = reverse("callbacks:call-answer", args=[self.call.pk])

    def open(self) -> None:
        reply = self.browser.get(self.page)
        assert reply.status_code == 200, reply.status_code

    def save(self, body: dict[str, Any]) -> None:
        reply = self.browser.post(self.answer, json.dumps(body), content_type="application/json")
        assert reply.status_code == 200, reply.content

    def bodies(self) -> list[dict[str, Any]]:
        """Answers to its first question with several answers, each another one than before."""
        question = next(one for one in script_of(self.call).questions if len(one.values) > 1)
        values = itertools.islice(itertools.cycle(question.values[:2]), TIMES)
        return [
            {"question": question.code, "value": value, "note": "", "revision": revision}
            for revision, value in enumerate(values)
        ]


def bench_call_screen() -> list[Figure]:
    """What all but one in twenty stay below: the whole page, and one answer from request to reply."""
    desk = Desk()
    try:
        desk.open()
        screen = p95([timed(desk.open) for _turn in range(TIMES)])
        saving = p95([timed(lambda body=body: desk.save(body)) for body in desk.bodies()])  # type: ignore[misc]
        assert Answer.objects.get(call=desk.call).revision == TIMES
    finally:
        as_owner(FORGET, database=name_of(CLIENTS))
        put_back(CLIENTS)
    return [
        within("call screen, 95 %", ours=screen, at_most=SCREEN),
        within("saving one answer, 95 %", ours=saving, at_most=SAVING),
    ]
