"""What a page says, in the language it is read in; and which of its words nobody has translated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext
from playwright.sync_api import Page

CHINESE = re.compile("[一-鿿]")
ENGLISH = re.compile("[A-Za-z]{3,}")
# Names of things that are written the same in Chinese; the button that leads to the English pages.
THE_SAME = frozenset({"SMS", "EXCEL", "CSV", "API", "TOTP", "ETF", "ESC", "ENTER", "SHA"})
LABELS = "h1, h2, h3, th, button, label, legend, summary, dt, .btn, .tabs a, .nav-link, .badge, .stat-label, .empty"


@dataclass(frozen=True)
class Words:
    """The product's words in one language, as `gettext` gives them to its pages."""

    language: str

    def __call__(self, text: str, context: str = "", **values: str | int) -> str:
        """`text` as the page says it; `values` fill its %(names)s."""
        with translation.override(self.language):
            said = pgettext(context, text) if context else gettext(text)
        return said % values if values else said

    def many(self, one: str, several: str, number: int, **values: str | int) -> str:
        """As above, for a number of things; `n` is the number with its commas unless `values` say otherwise."""
        with translation.override(self.language):
            said = ngettext(one, several, number)
        return said % ({"n": f"{number:,}"} | values)

    def left_in_english(self, page: Page) -> list[str]:
        """Headings, buttons and labels of a Chinese page that hold English words and no Chinese ones."""
        if self.language == "en":
            return []
        texts = page.locator(LABELS).all_inner_texts()
        lines = {line.strip() for text in texts for line in text.splitlines()}
        return sorted(line for line in lines if _is_english(line))


def _is_english(line: str) -> bool:
    found = {word.upper() for word in ENGLISH.findall(line)}
    return bool(found - THE_SAME) and not CHINESE.search(line)
