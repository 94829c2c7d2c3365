"""One form for equal values: what look-up digests are made of. Every function takes what a person or a feed wrote."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers

COUNTRY = "CN"
_WRITTEN_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_PHONE_NOISE = re.compile(r"[\s\-().·–—]")
_ID_NOISE = re.compile(r"[\s\-·]")


def _plain(raw: str) -> str:
    """Full-width characters (`１３８`) in their ordinary form, no white space around."""
    return (raw if raw.isascii() else unicodedata.normalize("NFKC", raw)).strip()


def normal_phone(raw: str) -> str:
    """E.164 (`+8613812341234`) where the number is valid, China by default; otherwise its bare digits.

    Mainland mobiles are taken by their form alone: number ranges are opened faster than any library follows.
    An extension is kept as `x12`.
    """
    text = _PHONE_NOISE.sub("", _plain(raw))
    mobile = _WRITTEN_MOBILE.fullmatch(text)
    return f"+86{mobile.group(1)}" if mobile else _parsed_phone(text)


@lru_cache(maxsize=4096)
def _parsed_phone(text: str) -> str:
    digits = "".join(character for character in text if character.isdecimal())
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        return digits
    if not phonenumbers.is_valid_number(number):
        return digits
    extension = f"x{number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[:32] + extension


def normal_id_number(raw: str) -> str:
    """Without blanks and hyphens, letters upper-case (`11010119900101123x` → `…123X`). Nothing is validated."""
    return _ID_NOISE.sub("", _plain(raw)).upper()


def normal_email(raw: str) -> str:
    """Lower-case as a whole: no host in use tells upper from lower case."""
    return _plain(raw).casefold()


def normal_address(raw: str) -> str:
    """White space collapsed, full-width digits and punctuation in their ordinary form."""
    return " ".join(_plain(raw).split())
