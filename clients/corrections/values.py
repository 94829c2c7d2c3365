"""What a corrected field may hold, and how it is kept: sealed, with a digest like the client's own, and masked."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from stdnum.cn import ric, uscc

from clients.corrections.choices import CorrectedField
from clients.profile.choices import ClientKind, Gender
from clients.profile.models import Client
from crm.personal.hide import MASK, look_up
from crm.personal.masks import mask_name
from crm.personal.normal import normal_id_number, normal_phone
from crm.personal.seal import digest, seal, unseal

# As many characters as the clients feed takes (`feeds.md`).
LONGEST = {
    CorrectedField.NAME: 200,
    CorrectedField.PHONE: 50,
    CorrectedField.EMAIL: 254,
    CorrectedField.ADDRESS: 300,
    CorrectedField.ID_TYPE: 50,
    CorrectedField.ID_NUMBER: 64,
    CorrectedField.BIRTH_DATE: 10,
    CorrectedField.GENDER: 8,
    CorrectedField.CONTACT_PERSON: 200,
}
SEALED = frozenset(MASK)  # fields that the client's file keeps sealed too
PLAIN = frozenset({CorrectedField.NAME, CorrectedField.ADDRESS, CorrectedField.ID_TYPE, CorrectedField.CONTACT_PERSON})
EARLIEST = dt.date(1900, 1, 1)
IDENTITY_CARD, CREDIT_CODE = "身份证", "统一社会信用代码"  # what the core system's ID types are told apart by


@dataclass(frozen=True)
class Kept:
    """A value as the correction keeps it. Nothing sealed means: the field is to be cleared."""

    sealed: bytes | None
    digest: bytes | None
    masked: str


def read_value(field: CorrectedField, written: str, client: Client, *, today: dt.date) -> str:
    """What somebody wrote, tidied; empty where the field is to be cleared.

    Raises ValidationError, in words, for what the clients feed would not take, a phone or e-mail that cannot be one,
    an ID number whose check digit is wrong.
    """
    # Names keep their full-width brackets; numbers are typed with Chinese input methods, too.
    value = " ".join((written if field in PLAIN else unicodedata.normalize("NFKC", written)).split())
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise ValidationError(_("There are characters in it that cannot be seen. Please type it again."))
    if len(value) > LONGEST[field]:
        raise ValidationError(_("At most %(most)s characters are expected.") % {"most": LONGEST[field]})
    if not value:
        if field is CorrectedField.NAME:
            raise ValidationError(_("A client has a name: it can be corrected, not cleared."))
        return ""
    check = CHECKS.get(field)
    return check(value, client, today) if check else value


def keep(field: CorrectedField, clear: str, client: Client) -> Kept:
    """The stored form of a value that `read_value` returned."""
    if not clear:
        return Kept(None, None, "")
    return Kept(seal(clear, purpose=_purpose(field)), digest_of(field, clear), masked(field, clear, client))


def open_value(field: str, sealed: bytes | memoryview | None) -> str:
    """The clear text of a proposed value; empty where the field is to be cleared. Whoever calls this logs the read."""
    return "" if sealed is None else unseal(sealed, purpose=_purpose(field))


def digest_of(field: str, clear: str) -> bytes | None:
    """The digest of a value: that of the client's own column where it keeps one, else of the value as it is written."""
    if not clear:
        return None
    purpose = f"client.{field}"
    return look_up(clear, purpose=purpose) if field in SEALED else digest(clear, purpose=purpose)


def masked(field: str, clear: str, client: Client) -> str:
    """A value as pages show it: people's names and days of birth shortened as everywhere else."""
    if not clear:
        return ""
    if field in SEALED:
        return MASK[field](clear)
    if field == CorrectedField.NAME:
        return mask_name(clear, institution=client.kind == ClientKind.INSTITUTION)
    if field == CorrectedField.CONTACT_PERSON:
        return mask_name(clear)
    return f"{clear[:4]}-**-**" if field == CorrectedField.BIRTH_DATE else clear


def current_digest(field: str, client: Client) -> bytes | None:
    """The digest of what the client's file holds now."""
    if field in SEALED:
        kept = getattr(client, f"{field}_digest")
        return None if kept is None else bytes(kept)
    return digest_of(field, current_text(field, client))


def current_masked(field: str, client: Client) -> str:
    """What the client's file holds now, as pages show it."""
    if field in SEALED:
        return str(getattr(client, f"{field}_masked"))
    return masked(field, current_text(field, client), client)


def current_clear(field: str, client: Client) -> str:
    """What the client's file holds now, in clear. Whoever calls this logs the read."""
    if field not in SEALED:
        return current_text(field, client)
    sealed = getattr(client, f"{field}_sealed")
    return "" if sealed is None else unseal(sealed, purpose=f"client.{field}")


def current_text(field: str, client: Client) -> str:
    """A field that the file keeps plain, written as the feed writes it."""
    value = getattr(client, field)
    return f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else str(value or "")


def in_words(field: str, text: str) -> str:
    """A masked value for people: the word for a code; "(empty)" for nothing."""
    if not text:
        return _("(empty)")
    return str(dict(Gender.choices).get(text, text)) if field == CorrectedField.GENDER else text


def _purpose(field: str) -> str:
    return f"correction.{field}"


def _phone(value: str, client: Client, today: dt.date) -> str:
    if not normal_phone(value).startswith("+"):
        raise ValidationError(_("This is no phone number: a mobile has 11 digits, a landline its area code."))
    return value


def _email(value: str, client: Client, today: dt.date) -> str:
    try:
        validate_email(value)
    except ValidationError as error:
        raise ValidationError(_("This is no e-mail address.")) from error
    return value


def _id_number(value: str, client: Client, today: dt.date) -> str:
    number = normal_id_number(value)
    if IDENTITY_CARD in client.id_type:
        _check_identity_card(number, today)
    elif CREDIT_CODE in client.id_type and not uscc.is_valid(number):
        raise ValidationError(_("This is no unified social credit code: 18 characters, the last of which checks."))
    return number


def _check_identity_card(number: str, today: dt.date) -> None:
    """Eighteen digits, a day of birth that exists, a check digit that fits (GB 11643)."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        raise ValidationError(_("An identity card has 18 digits; the last may be X."))
    if number[-1] != ric.calc_check_digit(number):
        raise ValidationError(_("The last digit does not fit the others. Please look at the card again."))
    try:
        born = dt.date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError as error:
        raise ValidationError(_("The day of birth inside the number does not exist.")) from error
    if not EARLIEST <= born <= today:
        raise ValidationError(_("The day of birth inside the number does not exist."))


def _birth_date(value: str, client: Client, today: dt.date) -> str:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError as error:
        raise ValidationError(_("This is no date; expected is one such as 1980-03-27.")) from error
    if not EARLIEST <= day <= today:
        raise ValidationError(_("Nobody was born on that day."))
    return f"{day:%Y-%m-%d}"


def _gender(value: str, client: Client, today: dt.date) -> str:
    if value not in Gender.values:
        raise ValidationError(_("Please choose one of the list."))
    return value


CHECKS: dict[CorrectedField, Callable[[str, Client, dt.date], str]] = {
    CorrectedField.PHONE: _phone,
    CorrectedField.EMAIL: _email,
    CorrectedField.ID_NUMBER: _id_number,
    CorrectedField.BIRTH_DATE: _birth_date,
    CorrectedField.GENDER: _gender,
}
