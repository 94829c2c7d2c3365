"""Finding clients by what somebody typed: number, name, pinyin initials, a whole phone or ID number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Lower, Replace, StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext as _

from crm.personal.hide import look_up
from crm.personal.masks import mask_id_number, mask_phone
from crm.personal.normal import normal_id_number, normal_phone
from crm.personal.pinyin import grams

SHORTEST = 2  # characters of a name
PHONE = re.compile(r"\+?[\d\s\-()()]{7,25}(x\d{1,6})?")
ID_NUMBER = re.compile(r"\d{15}|\d{17}[\dX]|[A-Z]{1,3}\d{6,10}|[0-9A-Z]{18}")
INITIALS = re.compile(r"[a-z0-9]{2,20}")
CLIENT_NO = re.compile(r"[A-Za-z0-9_\-]{3,32}")


@dataclass(frozen=True)
class Search:
    """What was typed, understood: `condition` on `Client`, and which personal fields it looks into (for the log)."""

    condition: Q
    fields: tuple[str, ...]
    masked: str  # the words as the log may keep them

    @property
    def is_personal(self) -> bool:
        return bool(self.fields)


def understand(words: str) -> Search:
    """Read what was typed. Each reading that is possible is tried at once, every one served by an index.

    `1080 0231` is the beginning of a client number, 11 digits may be a phone too, `zbw` initials, `张博` a name.
    Raises ValueError with a sentence for the user when nothing can be looked for.
    """
    plain = unicodedata.normalize("NFKC", words).strip()
    tight = "".join(plain.split())
    found: dict[str, Q] = {}
    if CLIENT_NO.fullmatch(tight):
        found["client_no"] = Q(client_no__startswith=tight) | Q(client_no__startswith=tight.upper())
    if PHONE.fullmatch(plain):
        found["phone"] = Q(phone_digest=look_up(plain, purpose="client.phone"))
    if ID_NUMBER.fullmatch(normal_id_number(tight)):
        found["id_number"] = Q(id_number_digest=look_up(tight, purpose="client.id_number"))
    may_be_name = "id_number" not in found and not tight.isdigit()
    if may_be_name and INITIALS.fullmatch(tight.lower()):
        found["initials"] = Q(name_initials__contains=[tight.lower()])
    if may_be_name and len(tight) >= SHORTEST:
        found["name"] = _named(tight)
    if not found:
        raise ValueError(_("Please type at least two characters of a name, or three digits of a client number."))
    personal = tuple(name for name in found if name != "client_no")
    return Search(reduce(or_, found.values()), personal, _masked(plain, found))


def _named(tight: str) -> Q:
    """The name holds these characters in a row. The index finds the pairs; three and more are then compared."""
    pairs = Q(name_grams__contains=grams(tight))
    if len(tight) == SHORTEST:
        return pairs
    plain = Lower(Func(F("name"), template="normalize(%(expressions)s, NFKC)", output_field=CharField()))
    place = StrIndex(Replace(plain, Value(" "), Value("")), Value(tight.casefold()))
    return pairs & Q(GreaterThan(place, 0))


def _masked(plain: str, found: dict[str, Q]) -> str:
    """A phone or ID number is masked in the log as it is everywhere else; names are plain."""
    if "phone" in found:
        return mask_phone(normal_phone(plain))
    if "id_number" in found:
        return mask_id_number(plain)
    return plain
