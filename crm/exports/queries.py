"""The address of a list as an export keeps it: what may be personal in it (words looked for) is sealed."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode

from crm.personal.seal import seal_text, unseal_text

SEALED = "sealed:"


def kept_query(query: str, sealed: Collection[str]) -> str:
    """`query` with the values of the parameters `sealed` in sealed form."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(SEALED + name, seal_text(value)) if name in sealed else (name, value) for name, value in pairs])


def opened_query(kept: str) -> str:
    """The query as it was before `kept_query`."""
    pairs = parse_qsl(kept, keep_blank_values=True)
    clear = [
        (name.removeprefix(SEALED), unseal_text(value)) if name.startswith(SEALED) else (name, value)
        for name, value in pairs
    ]
    return urlencode(clear)
