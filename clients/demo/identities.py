"""From clients in clear, made by SQL in temporary tables, to what may be stored of them: sealed, digest, masked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from clients.demo import script
from clients.demo.names import GIVEN_SLOTS
from clients.demo.people import LEAVER
from crm.organisation.models import User
from crm.personal.hide import MASK, NOTHING, Hidden, hide, look_up, look_up_tail
from crm.personal.pinyin import grams, initials

FIELDS = ("id_number", "phone", "email", "address")
PORTION = 20_000
HIDDEN_COLUMNS = "n bigint, name_initials text[], name_grams text[], phone_tail_digest bytea, " + ", ".join(
    f"{field}_sealed bytea, {field}_digest bytea, {field}_masked text" for field in FIELDS
)


def make_identities(**values: Any) -> None:
    """Make `demo_identity`: who the clients of `demo_opening` are, in clear. `values`: what `identities.sql` takes
    (start). The same running number and day of opening always make the same person."""
    leaver = User.objects.get(staff_no=LEAVER)
    branch = leaver.appointments.values_list("unit_id", flat=True)[0]
    script.run(
        "identities",
        **values,
        leaver=leaver.pk,
        leaver_branch=branch,
        left_on=leaver.left_on,
        given_slots=GIVEN_SLOTS,
    )


def create_clients(*, sealed: bool, **values: Any) -> None:
    """Create the clients of `demo_opening`. `values`: what `identities.sql` takes (start).

    With `sealed` the clear values are sealed as everywhere; without, they are found and shown masked, never in clear.
    """
    make_identities(**values)
    script.fill("demo_hidden", HIDDEN_COLUMNS, [])
    for portion in _portions():
        script.copy("demo_hidden", [_hidden(row, sealed=sealed) for row in portion])
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX ON demo_hidden (n); ANALYZE demo_hidden")
    script.run("clients")


def _portions() -> Iterator[list[tuple[Any, ...]]]:
    """The identities in clear, a portion at a time: memory stays flat however many there are."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n, name, id_number, phone, email, address FROM demo_identity WHERE n > %s ORDER BY n LIMIT %s",
                [last, PORTION],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _hidden(row: tuple[Any, ...], *, sealed: bool) -> tuple[Any, ...]:
    n, name, id_number, phone, email, address = row
    letters = initials(name)
    clear = {"id_number": id_number, "phone": phone, "email": email and letters[0] + email, "address": address}
    cells: list[Any] = [n, letters, grams(name), look_up_tail(phone, purpose="client.phone_tail")]
    for field in FIELDS:
        cells += (hide if sealed else _without_seal)(clear[field], purpose=f"client.{field}")
    return tuple(cells)


def _without_seal(clear: str, *, purpose: str) -> Hidden:
    field = purpose.rpartition(".")[2]
    return Hidden(None, look_up(clear, purpose=purpose), MASK[field](clear)) if clear else NOTHING
