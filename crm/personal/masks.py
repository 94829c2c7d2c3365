"""How personal data look where they are not shown in clear (`people.md`): `李**`, `138****1234`, ID first and last."""

from __future__ import annotations

import re

from crm.personal.normal import normal_phone

STARS = "**"
LEGAL_FORM = re.compile(
    r"(有限责任公司|股份有限公司|有限公司|合伙企业|有限合伙|公司|集团|基金会|基金|银行|大学|医院|协会|中心|厂"
    r"|Co\.?,? ?Ltd\.?|Limited|Ltd\.?|Inc\.?|LLC|LP|Corp\.?)[))]?$",
    re.IGNORECASE,
)
ADDRESS_HEAD = re.compile(r"^.{2,24}?(?:自治县|[县区旗])|^.{2,16}?(?:自治州|[市州盟])|^.{2,8}?(?:自治区|省)")


def mask_name(name: str, *, institution: bool = False) -> str:
    """`李**` for a person, whatever the length of the name; an institution keeps four characters and its legal form."""
    name = name.strip()
    if not name:
        return ""
    if not institution:
        return name[0] + STARS
    form = LEGAL_FORM.search(name)
    tail = form.group() if form else ""
    kept = min(4, max(1, len(name) - len(tail) - 1))
    return name[:kept] + STARS + tail


def mask_phone(phone: str) -> str:
    """`138****1234`; other numbers keep at most three digits (with `+` and country) in front and four behind."""
    number = _as_dialled(normal_phone(phone))
    digits = sum(character.isdigit() for character in number)
    if not digits:
        return ""
    if digits < 5:
        return "****"
    if digits < 8:
        return f"****{number[-2:]}"
    head = number[: 4 if number.startswith("+") else 3] if digits >= 10 else ""
    return f"{head}****{number[-4:]}"


def _as_dialled(number: str) -> str:
    """A number of mainland China without country code: mobiles and service numbers as they are, others with 0."""
    if not number.startswith("+86"):
        return number
    national = number[3:]
    return national if national.startswith(("1", "400", "800")) else f"0{national}"


def mask_id_number(id_number: str) -> str:
    """First and last character, stars for the rest (64 at most)."""
    id_number = id_number.strip()
    if len(id_number) < 3:
        return "*" * len(id_number)
    return f"{id_number[0]}{'*' * min(len(id_number) - 2, 62)}{id_number[-1]}"


def mask_email(email: str) -> str:
    """`z***@example.com`: the first character and the host."""
    local, at, host = email.strip().rpartition("@")
    if not at:
        return "***" if host else ""
    return f"{local[:1]}***@{host}"[:254]


def mask_address(address: str) -> str:
    """Down to the district (区, 县) or, where none is named, the city or province; else the first two characters."""
    address = " ".join(address.split())
    if not address:
        return ""
    head = ADDRESS_HEAD.match(address)
    kept = head.group() if head and head.end() < len(address) else address[:2]
    return f"{kept}****"
