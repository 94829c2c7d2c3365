"""Digests for look-up: the end of a phone is found however the phone was written."""

from __future__ import annotations

import pytest

from crm.personal.hide import look_up_tail

PURPOSE = "client.phone_tail"


@pytest.mark.parametrize(
    "phone",
    [
        "138 1234 5678",
        "+86-138-1234-5678",
        "１３８１２３４５６７８",
        "021-6123 5678",
        "021-61235678x12",
        "5678",
        " ５６７８ ",
    ],
)
def test_the_last_four_digits(phone: str) -> None:
    assert look_up_tail(phone, purpose=PURPOSE) == look_up_tail("13900005678", purpose=PURPOSE)


@pytest.mark.parametrize("phone", ["", "678", "15678", "125678", "no number"])
def test_too_short_a_number_has_no_end(phone: str) -> None:
    assert look_up_tail(phone, purpose=PURPOSE) is None


def test_another_purpose_is_another_digest() -> None:
    assert look_up_tail("5678", purpose=PURPOSE) != look_up_tail("5678", purpose="staff.phone_tail")
    assert look_up_tail("5678", purpose=PURPOSE) != look_up_tail("5679", purpose=PURPOSE)
