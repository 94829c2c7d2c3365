"""Parts of a file against slices of its bytes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.files.ranges import NotSatisfiable, Span, span_of

# A busy machine is slow, not wrong.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CONTENT = bytes(range(256)) * 4
place = st.integers(min_value=0, max_value=2000)


def got(header: str, content: bytes) -> bytes | None:
    """The bytes that a header gets; None where there are none."""
    try:
        span = span_of(header, len(content))
    except NotSatisfiable:
        return None
    return content if span is None else content[span.first : span.last + 1]


@patient
@given(first=place, last=place, size=st.integers(min_value=1, max_value=1024))
def test_first_to_last(first: int, last: int, size: int) -> None:
    content = CONTENT[:size]
    wanted = content if last < first else content[first : last + 1] or None
    assert got(f"bytes={first}-{last}", content) == wanted


@patient
@given(first=place, size=st.integers(min_value=1, max_value=1024))
def test_first_to_the_end(first: int, size: int) -> None:
    content = CONTENT[:size]
    assert got(f"bytes={first}-", content) == (content[first:] or None)


@patient
@given(length=place, size=st.integers(min_value=1, max_value=1024))
def test_the_last_bytes(length: int, size: int) -> None:
    content = CONTENT[:size]
    assert got(f"bytes=-{length}", content) == (content[-length:] if length else None)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=1-2,4-5",
        "items=0-1",
        "bytes=5-3",
        "bytes=٣-٤",
        "bytes=--1",
    ],
)
def test_what_makes_no_sense_gets_the_whole(header: str) -> None:
    assert span_of(header, 10) is None


@patient
@given(header=st.text(max_size=40))
def test_no_header_breaks_it(header: str) -> None:
    got(header, CONTENT)
    got(f"bytes={header}", CONTENT)


def test_nothing_lies_in_an_empty_file() -> None:
    for header in ("bytes=0-0", "bytes=0-", "bytes=-1"):
        with pytest.raises(NotSatisfiable):
            span_of(header, 0)


def test_a_span_knows_its_length() -> None:
    assert Span(3, 3).length == 1
