"""What the demo's clients trade: codes from the exchanges' number ranges, with invented prices."""

from __future__ import annotations

from typing import NamedTuple


class Symbol(NamedTuple):
    """One security. `base_price` in CNY is what it costs when the demo's market stands at 1."""

    symbol: str
    exchange: str
    base_price: float
    board: str  # "" for what everybody may buy, else the permission it asks for
    decimals: int  # funds are quoted to 0.001


_FUNDS = (
    ("510861", "SSE", 0.62), ("159672", "SZSE", 0.84), ("512967", "SSE", 1.05), ("159883", "SZSE", 1.37),
    ("515963", "SSE", 1.92), ("510876", "SSE", 2.86), ("159928", "SZSE", 3.94),
)  # fmt: skip
_MAIN = (
    ("600971", "SSE", 2.4), ("000782", "SZSE", 3.1), ("601776", "SSE", 3.9), ("002743", "SZSE", 4.6),
    ("600893", "SSE", 5.3), ("000847", "SZSE", 6.2), ("603722", "SSE", 7.4), ("002871", "SZSE", 8.8),
    ("601762", "SSE", 9.7), ("600749", "SSE", 11.2), ("000914", "SZSE", 12.9), ("002689", "SZSE", 14.6),
    ("603877", "SSE", 16.8), ("600916", "SSE", 19.3), ("001236", "SZSE", 22.7), ("601885", "SSE", 26.1),
    ("002792", "SZSE", 31.5), ("603961", "SSE", 37.2), ("600843", "SSE", 45.8), ("000871", "SZSE", 58.4),
    ("603738", "SSE", 76.0), ("002953", "SZSE", 112.0), ("600934", "SSE", 186.0), ("000892", "SZSE", 268.0),
)  # fmt: skip
_BOARDS = (
    ("300872", "SZSE", 7.9, "chinext"), ("301463", "SZSE", 18.2, "chinext"), ("300946", "SZSE", 33.6, "chinext"),
    ("301289", "SZSE", 64.5, "chinext"), ("688761", "SSE", 21.4, "star"), ("688893", "SSE", 48.7, "star"),
    ("688967", "SSE", 121.0, "star"), ("920861", "BSE", 9.2, "bse"), ("920974", "BSE", 15.7, "bse"),
)  # fmt: skip


def symbols() -> list[Symbol]:
    """All securities, cheapest first: the place in this list is the slot by which SQL knows them."""
    found = [Symbol(*row, "", 3) for row in _FUNDS]
    found += [Symbol(*row, "", 2) for row in _MAIN]
    found += [Symbol(*row, 2) for row in _BOARDS]
    return sorted(found, key=lambda s: (s.base_price, s.symbol))
