"""The numbers by which a party is reached, in clear for whoever holds the call."""

from __future__ import annotations

from dataclasses import dataclass

from callbacks.calls.models import Call
from clients.profile.selectors import open_field
from crm.personal.masks import mask_phone
from crm.personal.seal import unseal

PURPOSE = "client.phone"  # a contact's number is sealed and digested as a client's: one digest finds both
MAIN = "main"


@dataclass(frozen=True)
class Number:
    """One number: `key` is "main" or that of a further phone."""

    key: str
    clear: str
    masked: str
    remark: str = ""


def numbers_of(call: Call) -> list[Number]:
    """Every number of the party, the one in the file first. One query for a client.

    Whoever hands them out sees to it that the read is put down (a claim does).
    """
    if call.client is None:
        clear = unseal(call.contact_sealed, purpose=PURPOSE) if call.contact_sealed is not None else ""
        return [Number(MAIN, clear, call.contact_masked)] if clear else []
    main = open_field(call.client, "phone")
    found = [Number(MAIN, main, call.client.phone_masked or mask_phone(main))] if main else []
    return found + [
        Number(str(one.pk), unseal(one.phone_sealed, purpose=PURPOSE), one.phone_masked, one.remark)
        for one in call.client.extra_phones.order_by("pk")
    ]
