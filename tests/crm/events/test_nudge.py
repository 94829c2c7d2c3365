from __future__ import annotations

from typing import Any

import pytest

from crm.events import nudge as module


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_silent_until", 0.0)


def test_a_broker_that_is_away_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []

    def away(*args: Any, **_options: Any) -> None:
        calls.append(args)
        raise ConnectionError("refused")

    monkeypatch.setattr("crm.events.nudge.current_app.send_task", away)
    assert [module.nudge("a.task", number) for number in range(3)] == [False, False, False]
    assert calls == [("a.task", [0])]


def test_sent_to_its_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(
        "crm.events.nudge.current_app.send_task", lambda *args, **options: calls.append((args, options))
    )
    assert module.nudge("a.task", 1, queue="heavy")
    assert module.nudge("a.task", 2)
    assert calls == [
        (("a.task", [1]), {"retry": False, "queue": "heavy"}),
        (("a.task", [2]), {"retry": False}),
    ]
