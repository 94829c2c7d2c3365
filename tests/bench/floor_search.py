"""The floor of the search: the one indexed statement that finds the clients of one kind of words, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from crm.personal.hide import look_up, look_up_tail
from crm.personal.pinyin import grams

LINE = "SELECT client_no, left(name, 1) || '**', branch_id, manager_id FROM clients_client WHERE {} LIMIT 6"
Known = dict[str, str]  # of one client, in clear: client_no, name, initials, phone, id_number

# A kind of words → how to type it of a client, the condition that its index serves, and the value looked for.
Kind = tuple[Callable[[Known], str], str, Callable[[str], Any]]
KINDS: dict[str, Kind] = {
    "number": (lambda one: one["client_no"], "client_no = %s", str),
    "beginning of a number": (lambda one: one["client_no"][:8], "client_no LIKE %s", lambda words: f"{words}%"),
    "whole phone": (
        lambda one: one["phone"],
        "phone_digest = %s",
        lambda words: look_up(words, purpose="client.phone"),
    ),
    "last four digits": (
        lambda one: one["phone"][-4:],
        "phone_tail_digest = %s",
        lambda words: look_up_tail(words, purpose="client.phone_tail"),
    ),
    "name, 2 characters": (lambda one: one["name"][:2], "name_grams @> %s::varchar(2)[]", grams),
    "whole name": (lambda one: one["name"], "name_grams @> %s::varchar(2)[]", grams),
    "initials": (lambda one: one["initials"], "name_initials @> %s::varchar(200)[]", lambda words: [words]),
    "ID number": (
        lambda one: one["id_number"],
        "id_number_digest = %s",
        lambda words: look_up(words, purpose="client.id_number"),
    ),
}


def floor_search(kind: str, words: str) -> None:
    """Find six clients by `words`."""
    _typed, condition, value = KINDS[kind]
    with connection.cursor() as cursor:
        cursor.execute(LINE.format(condition), [value(words)])
        cursor.fetchall()
