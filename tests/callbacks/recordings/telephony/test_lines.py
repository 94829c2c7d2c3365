"""What a telephone call's events add up to: the same in whatever order, however often they came."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.recordings.choices import EventKind
from callbacks.recordings.telephony.lines import Line, line_of

# A busy machine is slow, not wrong.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
START = dt.datetime(2026, 11, 25, 7, tzinfo=dt.UTC)


class Told(NamedTuple):
    event_id: str
    sequence: int
    kind: str
    occurred_at: dt.datetime


def told(sequence: int, kind: str, seconds: int) -> Told:
    return Told(f"e{sequence}", sequence, kind, START + dt.timedelta(seconds=seconds))


CALL = [
    told(1, "started", 0), told(2, "answered", 10), told(3, "held", 30), told(4, "resumed", 45),
    told(5, "transferred", 60), told(6, "held", 70), told(7, "ended", 100),
]  # fmt: skip
SUM = Line(CALL[0].occurred_at, CALL[1].occurred_at, CALL[6].occurred_at, hold_seconds=45)


def test_a_call_from_beginning_to_end() -> None:
    assert line_of(CALL) == SUM


@patient
@given(order=st.permutations(CALL), again=st.lists(st.sampled_from(CALL), max_size=5))
def test_order_and_repetition_do_not_matter(order: list[Told], again: list[Told]) -> None:
    unique = dict.fromkeys([*order, *again])  # each is kept once, as the database does
    assert line_of(unique) == SUM


@patient
@given(
    kinds=st.lists(st.sampled_from(EventKind.values), max_size=12),
    seconds=st.lists(st.integers(-5, 500), min_size=12, max_size=12),
    data=st.data(),
)
def test_whatever_is_told_is_never_negative(kinds: list[str], seconds: list[int], data: st.DataObject) -> None:
    events = [told(n, kind, at) for n, (kind, at) in enumerate(zip(kinds, seconds, strict=False))]
    line = line_of(events)
    assert line.hold_seconds >= 0
    assert line == line_of(data.draw(st.permutations(events)))


def test_of_nothing_nothing_is_known() -> None:
    assert line_of([]) == Line()


def test_a_hold_that_lasts_counts_when_it_is_over() -> None:
    assert line_of(CALL[:3]).hold_seconds == 0
    assert line_of(CALL[:4]).hold_seconds == 15
