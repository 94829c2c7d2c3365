"""Clients. Phone, ID number, e-mail and address are stored sealed, with a digest for comparing and a masked text.

Digests and seals need keys that the database does not have: both are made here, chunk by chunk, beside the SQL. A
field is sealed again only when its digest changed, so an equal row is not written.
"""

# ruff: noqa: S608 (the SQL is made of the constants below)

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from clients.feeds.declared import care
from clients.feeds.declared.common import KNOWN_BRANCH, KNOWN_STAFF, code
from clients.feeds.kinds import Day, Text
from clients.feeds.load import Load
from clients.feeds.spec import Column, Extra, Feed
from clients.profile.choices import ClientKind, ClientStatus, Gender, InvestorClass
from clients.profile.models import Client
from crm.personal.hide import hide, look_up, look_up_tail
from crm.personal.pinyin import grams, initials

CHUNK = 5_000


@dataclass(frozen=True)
class Personal(Text):
    """Text that is kept sealed. Its value is the digest of its normal form, its reasons never quote it."""

    shown: bool = False
    name: str = ""

    @property
    def sql_type(self) -> str:
        return "bytea"

    @property
    def purpose(self) -> str:
        return f"client.{self.name}"

    def value(self, cell: str, alias: str) -> str:
        return f"personal.{self.name}"

    def optional(self, cell: str, alias: str, empty: str) -> str:
        return self.value(cell, alias)

    def broken(self, typed: str) -> str:
        return super().broken(f"{typed}_text")

    def same(self, cell: str, alias: str, stored: str) -> str:
        return ""

    def digest(self, clear: str) -> bytes | None:
        """None for an empty cell."""
        return look_up(clear, purpose=self.purpose) if clear else None


PERSONAL = (
    Personal(50, name="phone"),
    Personal(64, name="id_number"),
    Personal(254, name="email"),
    Personal(300, name="address"),
)


def _in_file(load: Load) -> list[Personal]:
    return [kind for kind in PERSONAL if kind.name in load.present]


def before_sift(load: Load) -> None:
    """What the comparison of rows joins with."""
    make_digests(load)
    care.find_late_lines(load)


def make_digests(load: Load) -> None:
    """The temporary table `personal`: the digests of every row's personal fields."""
    kinds = _in_file(load)
    load.run("DROP TABLE IF EXISTS pg_temp.personal")
    columns = "".join(f", {kind.name} bytea" for kind in PERSONAL)
    load.run(f"CREATE TEMP TABLE personal (line bigint{columns}) ON COMMIT DROP")
    if not kinds:
        return
    names = ", ".join(kind.name for kind in kinds)
    rows = _chunks(f"SELECT line, {names} FROM staged")
    digested = (
        [(line, *(kind.digest(clear) for kind, clear in zip(kinds, cells, strict=True))) for line, *cells in chunk]
        for chunk in rows
    )
    _fill(load, f"personal (line, {names})", digested)


def make_seals(load: Load) -> None:
    """The temporary table `sealed`: what new rows and changed fields are stored as. Unchanged fields stay empty."""
    sealed = "".join(f", {kind.name}_sealed bytea, {kind.name}_masked text" for kind in PERSONAL)
    load.run("DROP TABLE IF EXISTS pg_temp.sealed")
    derived = "name_initials text[], name_grams text[], phone_tail bytea"
    load.run(f"CREATE TEMP TABLE sealed (line bigint, {derived}{sealed}) ON COMMIT DROP")
    kinds = _in_file(load)
    changed = "".join(
        f", CASE WHEN sifted.{kind.name}_digest IS DISTINCT FROM old.{kind.name}_digest THEN staged.{kind.name} END"
        for kind in kinds
    )
    rows = _chunks(
        f"""SELECT sifted.line, CASE WHEN sifted.name IS DISTINCT FROM old.name THEN sifted.name END{changed}
            FROM sifted JOIN staged USING (line) LEFT JOIN clients_client AS old ON old.id = sifted.was_id
            WHERE sifted.fate IN ('new', 'changed')"""
    )
    columns = "".join(f", {kind.name}_sealed, {kind.name}_masked" for kind in kinds)
    target = f"sealed (line, name_initials, name_grams, phone_tail{columns})"
    _fill(load, target, ([_sealed(kinds, *row) for row in chunk] for chunk in rows))


def _sealed(kinds: list[Personal], line: int, name: str | None, *cells: str | None) -> tuple[object, ...]:
    found = (_array(initials(name)), _array(grams(name))) if name else (None, None)
    tail: bytes | None = None
    parts: list[object] = []
    for kind, clear in zip(kinds, cells, strict=True):
        hidden = hide(clear or "", purpose=kind.purpose)
        parts += [hidden.sealed, hidden.masked]
        if clear and kind.name == "phone":
            tail = look_up_tail(clear, purpose="client.phone_tail")
    return (line, *found, tail, *parts)


def _chunks(query: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a query, some thousands at a time, from a cursor on the server."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _fill(load: Load, target: str, chunks: Iterable[list[tuple[object, ...]]]) -> None:
    for rows in chunks:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows([_literal(value) for value in row] for row in rows)
        text.seek(0)
        load.cursor.copy_expert(f"COPY {target} FROM STDIN (FORMAT csv)", text)
    load.run(f"ANALYZE {target.split()[0]}")


def _literal(value: object) -> object:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value


def _array(words: list[str]) -> str:
    """PostgreSQL's literal of an array of text."""
    escaped = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in escaped) + "}"


def _kept_unless(changed: str, store: str, fresh: str) -> Extra:
    """A column that goes with another: `fresh` for a new row and where `changed` differs."""
    differs = f"sifted.{changed} IS DISTINCT FROM old.{changed}"
    return Extra(store, fresh, update=f"CASE WHEN {differs} THEN {fresh} ELSE old.{store} END")


def _extras() -> Iterator[Extra]:
    yield _kept_unless("name", "name_initials", "coalesce(sealed.name_initials, '{}')")
    yield _kept_unless("name", "name_grams", "coalesce(sealed.name_grams, '{}')")
    yield _kept_unless("phone_digest", "phone_tail_digest", "sealed.phone_tail")
    for kind in PERSONAL:
        yield _kept_unless(f"{kind.name}_digest", f"{kind.name}_sealed", f"sealed.{kind.name}_sealed")
        yield _kept_unless(f"{kind.name}_digest", f"{kind.name}_masked", f"coalesce(sealed.{kind.name}_masked, '')")


CLIENTS = Feed(
    name="clients",
    title=_("Clients"),
    model=Client,
    key=("client_no",),
    joins=f"LEFT JOIN personal ON personal.line = staged.line {care.JOIN}",
    write_joins="LEFT JOIN sealed ON sealed.line = sifted.line",
    columns=(
        Column("client_no", Text(32), store="client_no", required=True),
        Column("name", Text(200), store="name", required=True),
        Column("kind", code(ClientKind), store="kind", empty="'individual'"),
        Column("gender", code(Gender), store="gender", empty="''"),
        Column("birth_date", Day(), store="birth_date"),
        Column("id_type", Text(50), store="id_type", empty="''"),
        *(Column(kind.name, kind, store=f"{kind.name}_digest") for kind in PERSONAL),
        Column("contact_person", Text(200), store="contact_person", empty="''"),
        Column("branch_code", KNOWN_BRANCH, store="branch_id", required=True),
        Column("opened_on", Day(), store="opened_on", required=True),
        Column("status", code(ClientStatus), store="status", empty="'active'"),
        Column("closed_on", Day(), store="closed_on"),
        Column("manager_no", care.MANAGER, store="manager_id", unknown_warns=True),
        Column("introducer_no", KNOWN_STAFF, store="introducer_id", unknown_warns=True),
        Column("investor_class", code(InvestorClass), store="investor_class", empty="'ordinary'"),
    ),
    extras=tuple(_extras()),
    within="stored.branch_id = ANY(%(branches)s) AND known_branch_code.id = ANY(%(branches)s)",
    not_within=_("%(cell)s is not a client of your branch; you correct existing clients of your own branch only"),
    before_sift=before_sift,
    before_write=make_seals,
    after_write=care.close_corrections,
    at_end=care.settle_managers,
)
