"""One line of docs/benchmarks: what was measured, beside its floor, against what is wanted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import TypedDict


class Figure(TypedDict):
    """`floor` and `ours` are medians in seconds unless the name says another unit; `ratio` is ours ÷ floor.

    `floor` and `ratio` are None where there is nothing to compare with. `wanted` in words, `holds` whether it is so.
    """

    name: str
    floor: float | None
    ours: float
    ratio: float | None
    wanted: str
    holds: bool


def against_floor(name: str, *, floor: float, ours: float, at_most: float) -> Figure:
    """A figure that shall be at most `at_most` times its floor."""
    ratio = ours / floor if floor else float("inf")
    return Figure(
        name=name,
        floor=round(floor, 5),
        ours=round(ours, 5),
        ratio=round(ratio, 3),
        wanted=f"≤ {at_most:g} ×",
        holds=ratio <= at_most,
    )


def within(name: str, *, ours: float, at_most: float, unit: str = "s", floor: float | None = None) -> Figure:
    """A figure that shall be at most `at_most`, whatever its floor; the floor, if there is one, tells where it goes."""
    return Figure(
        name=name,
        floor=round(floor, 5) if floor else None,
        ours=round(ours, 5),
        ratio=round(ours / floor, 3) if floor else None,
        wanted=f"≤ {at_most:g} {unit}".rstrip(),
        holds=ours <= at_most,
    )


def p95(seconds: Sequence[float]) -> float:
    """What all but one in twenty of many measurements stay below."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def timed(work: Callable[[], object]) -> float:
    """Seconds of wall time that one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def medians(*works: Callable[[], object], times: int) -> list[float]:
    """The median seconds of each of `works`, called in turn `times` times after one call for warmth.

    In turn, so that what else the machine does falls on all of them alike.
    """
    for work in works:
        work()
    rounds = [[timed(work) for work in works] for _ in range(times)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]
