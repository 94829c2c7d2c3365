"""A personal field as it is stored: sealed, digest for exact look-up, masked for lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from crm.personal.masks import mask_address, mask_email, mask_id_number, mask_phone
from crm.personal.normal import normal_address, normal_email, normal_id_number, normal_phone
from crm.personal.seal import digest, seal


class Hidden(NamedTuple):
    """What goes into `<field>_sealed`, `<field>_digest` and `<field>_masked`."""

    sealed: bytes | None
    digest: bytes | None
    masked: str


NORMAL: dict[str, Callable[[str], str]] = {
    "phone": normal_phone,
    "id_number": normal_id_number,
    "email": normal_email,
    "address": normal_address,
}
MASK: dict[str, Callable[[str], str]] = {
    "phone": mask_phone,
    "id_number": mask_id_number,
    "email": mask_email,
    "address": mask_address,
}
NOTHING = Hidden(None, None, "")
TAIL = 4  # digits at the end of a phone number, by which its owner may be looked for
SHORTEST_WITH_TAIL = 7  # digits


def hide(clear: str, *, purpose: str) -> Hidden:
    """The stored form of what a person or a feed wrote; `purpose` is `owner.field`, e.g. "client.phone".

    An empty value stores nothing. The clear text is sealed as written (without white space around).
    Raises KeyError for a field that is none of phone, id_number, email, address.
    """
    field = purpose.rpartition(".")[2]
    clear = clear.strip()
    if not clear:
        return NOTHING
    return Hidden(seal(clear, purpose=purpose), look_up(clear, purpose=purpose), MASK[field](clear))


def look_up(written: str, *, purpose: str) -> bytes:
    """The digest under which a value is found, however it was written."""
    return digest(NORMAL[purpose.rpartition(".")[2]](written), purpose=purpose)


def look_up_tail(phone: str, *, purpose: str) -> bytes | None:
    """The digest of a phone's last four digits, or of four digits that somebody gave as the last.

    Extensions do not count. None where the digits are neither four nor seven and more: of a shorter number the end
    would be most of it. `purpose` is that of the whole number with `_tail`, e.g. "client.phone_tail".
    """
    number, _sign, _extension = normal_phone(phone).partition("x")
    digits = number.removeprefix("+")
    return digest(digits[-TAIL:], purpose=purpose) if len(digits) == TAIL or len(digits) >= SHORTEST_WITH_TAIL else None
