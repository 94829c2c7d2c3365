"""Pages are found by their name in the navigation, in either language or by pinyin initials."""

from __future__ import annotations

from django.utils.translation import override, pgettext_lazy

from crm.organisation.models import User
from crm.personal.pinyin import initials
from crm.web.navigation import Item, navigation
from crm.web.search import Finder, Found, Hit, register

SHORTEST = 2  # letters; one Chinese character is enough


def find_pages(user: User, words: str, limit: int) -> Found:
    """The pages of this person's navigation whose name holds the words."""
    wanted = words.casefold()
    if wanted.isascii() and len(wanted) < SHORTEST:
        return Found()
    found = [
        Hit(item.label, item.url, line=str(group.label))
        for group in navigation(user, "")
        for item in group.items
        if _is_called(item, wanted)
    ]
    return Found(found[:limit], more=len(found) > limit)


def _is_called(item: Item, wanted: str) -> bool:
    name = str(item.label).casefold()
    with override("en"):
        english = str(item.label).casefold()
    return wanted in name or wanted in english or any(letters.startswith(wanted) for letters in initials(name))


register(Finder("pages", pgettext_lazy("search", "Pages"), find_pages, place=90))
