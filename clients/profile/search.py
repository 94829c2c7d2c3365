"""Finding clients by what somebody typed: number, name, pinyin initials, phone or its last four digits, ID number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import CharField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Lower, Replace, StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext as _

from clients.profile.models import Client
from crm.personal.hide import look_up, look_up_tail
from crm.personal.masks import mask_id_number, mask_phone
from crm.personal.normal import normal_id_number, normal_phone
from crm.personal.pinyin import grams

SHORTEST = 2  # characters of a name
LONGEST = 100  # characters that anybody means
MOST_BESIDE = 5_000  # clients a reading, beside those whose number begins so
PHONE = re.compile(r"\+?[\d\s\-()()]{7,25}(x\d{1,6})?")
PHONE_TAIL = re.compile(r"\d{4}")
ID_NUMBER = re.compile(r"\d{15}|\d{17}[\dX]|[A-Z]{1,3}\d{6,10}|[0-9A-Z]{18}")
INITIALS = re.compile(r"[a-z0-9]{2,20}")
CLIENT_NO = re.compile(r"[A-Za-z0-9_\-]{3,32}")


@dataclass(frozen=True)
class Reading:
    """One way to understand what was typed: the field it means, and a condition on `Client` that one index serves."""

    field: str
    condition: Q


@dataclass(frozen=True)
class Search:
    """What was typed, understood: every reading that is possible, the words as the log may keep them, and the words
    without spaces, as they are compared."""

    readings: tuple[Reading, ...]
    masked: str
    tight: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The personal fields that are looked into, for the log; a client number is none."""
        return tuple(dict.fromkeys(one.field for one in self.readings if one.field != "client_no"))

    @property
    def is_personal(self) -> bool:
        return bool(self.fields)

    def on_rows(self, *, client: str, client_no: str) -> Q:
        """The condition on rows of one client each, whose columns `client` and `client_no` name.

        The beginning of a number may be that of every client: it is compared with the row's own column, along whose
        order such a list is then read. What else words with digits may mean is few clients, who are looked up first.
        """
        others = [one for one in self.readings if one.field != "client_no"]
        if len(others) == len(self.readings) or not any(sign.isdigit() for sign in self.tight):
            return Q(**{f"{client}__in": self.client_ids()})
        begins = Q(**{f"{client_no}__startswith": self.tight}) | Q(**{f"{client_no}__startswith": self.tight.upper()})
        parts = [Client.objects.filter(one.condition).values_list("pk", flat=True)[:MOST_BESIDE] for one in others]
        return begins | Q(**{f"{client}__in": list(parts[0].union(*parts[1:], all=True))}) if parts else begins

    def client_ids(self) -> QuerySet[Client]:
        """The ids of all clients that any reading finds, for `client_id__in`: each reading keeps its index."""
        first, *others = (Client.objects.filter(one.condition).only("pk") for one in self.readings)
        return first.union(*others) if others else first


def tidy(words: str) -> str:
    """What was typed in its ordinary form: full-width digits and letters made plain, without NUL and outer spaces."""
    return unicodedata.normalize("NFKC", words.replace("\0", "")).strip()


def understand(words: str) -> Search:
    """Read what was typed. Each reading that is possible is tried at once, every one served by an index.

    `1080 0231` is the beginning of a client number, four digits may also end a phone, 11 digits may be one; `zbw` are
    initials, `张博` is a name. Raises ValueError with a sentence for the user when nothing can be looked for.
    """
    plain = tidy(words)
    if len(plain) > LONGEST:
        raise ValueError(_("That is too long: a search has at most %(n)s characters.") % {"n": LONGEST})
    tight = "".join(plain.split())
    readings = tuple(_readings(plain, tight))
    if not readings:
        raise ValueError(_("Please type at least two characters of a name, or three digits of a client number."))
    return Search(readings, _masked(plain, {one.field for one in readings}), tight)


def _readings(plain: str, tight: str) -> Iterator[Reading]:
    if CLIENT_NO.fullmatch(tight):
        yield Reading("client_no", Q(client_no__startswith=tight) | Q(client_no__startswith=tight.upper()))
    if PHONE.fullmatch(plain):
        digest = look_up(plain, purpose="client.phone")
        yield Reading("phone", Q(phone_digest=digest))
        yield Reading("phone", Q(extra_phones__phone_digest=digest))
    if PHONE_TAIL.fullmatch(tight):
        tail = look_up_tail(tight, purpose="client.phone_tail")
        yield Reading("phone_tail", Q(phone_tail_digest=tail))
        yield Reading("phone_tail", Q(extra_phones__tail_digest=tail))
    if ID_NUMBER.fullmatch(normal_id_number(tight)):
        yield Reading("id_number", Q(id_number_digest=look_up(tight, purpose="client.id_number")))
    elif not tight.isdigit() and not PHONE.fullmatch(plain):
        yield from _name_readings(tight)


def _name_readings(tight: str) -> Iterator[Reading]:
    if INITIALS.fullmatch(tight.lower()):
        yield Reading("initials", Q(name_initials__contains=[tight.lower()]))
    if len(tight) >= SHORTEST:
        yield Reading("name", _named(tight))


def _named(tight: str) -> Q:
    """The name holds these characters in a row. The index finds the pairs; three and more are then compared."""
    pairs = Q(name_grams__contains=grams(tight))
    if len(tight) == SHORTEST:
        return pairs
    plain = Lower(Func(F("name"), template="normalize(%(expressions)s, NFKC)", output_field=CharField()))
    place = StrIndex(Replace(plain, Value(" "), Value("")), Value(tight.casefold()))
    return pairs & Q(GreaterThan(place, 0))


def _masked(plain: str, fields: set[str]) -> str:
    """A phone or ID number is masked in the log as it is everywhere else; names are plain."""
    if "id_number" in fields:
        return mask_id_number(plain)
    if "phone" in fields:
        return mask_phone(normal_phone(plain))
    return plain
