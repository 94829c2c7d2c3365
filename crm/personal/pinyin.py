"""Names as they are searched: pinyin initials (`zbw` → 张博伟) and pairs of adjacent characters.

Readings of single characters come from pypinyin's table; surnames and characters that names commonly read another
way are corrected by the tables below. Results for a character are kept, so a million names take seconds.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise, product

from pypinyin.pinyin_dict import pinyin_dict

MOST_ALTERNATIVES = 8
MOST_LETTERS = 200  # the width of the column

# Compound surnames whose reading differs from that of their characters: initials, the right one first.
COMPOUND_SURNAMES = {"尉迟": "yc", "单于": "cy", "万俟": "mq", "澹台": "tt", "乐正": "yz"}

# First letters of characters that serve as surnames: the surname's reading, then what people type instead.
SURNAMES = {
    "单": "sd", "曾": "zc", "仇": "qc", "解": "xj", "区": "oq", "查": "zc", "翟": "zd", "覃": "qt",
    "尉": "wy", "乐": "yl", "种": "cz", "召": "s", "折": "s", "祭": "zj", "秘": "bm", "宓": "mf",
    "隗": "wk", "郇": "xh", "谌": "cs", "乜": "n", "长": "zc", "重": "cz", "句": "gj", "车": "cj",
    "繁": "pf", "郗": "xc", "俞": "ys", "行": "xh", "阚": "k",
}  # fmt: skip

# Characters inside a name that are read in two ways; both letters find the client.
GIVEN = {
    "重": "cz", "乐": "ly", "长": "cz", "朝": "zc", "曾": "zc", "茜": "qx", "行": "xh", "传": "cz",
    "盛": "sc", "藏": "cz", "参": "cs", "省": "sx", "车": "cj", "会": "hk", "期": "qj", "降": "jx",
    "校": "xj", "调": "td", "单": "ds", "晟": "sc", "乘": "cs", "覃": "qt", "仇": "cq", "解": "jx",
    "区": "qo", "查": "cz", "翟": "zd", "尉": "wy", "系": "xj", "屏": "pb", "还": "hx", "角": "jy",
    "峤": "q", "泷": "ls", "莘": "sx", "阿": "ae", "吁": "xy", "厦": "xs",
}  # fmt: skip

_WORD = re.compile(r"[A-Za-z]+|\d+|\S")


def initials(name: str) -> list[str]:
    """The pinyin initials by which `name` is found, lower-case, the most likely first; 8 at most, none for no letters.

    `张博伟` → `["zbw"]`, `单雄信` → `["sxx", "dxx"]`. Latin words give their first letter, short words in capitals all
    letters (`TCL集团` → `tcljt`), digits stay; other signs are left out.
    """
    text = unicodedata.normalize("NFKC", name).strip()
    compound = COMPOUND_SURNAMES.get(text[:2])
    choices = [compound] if compound else []
    rest = text[2:] if compound else text
    options = [_letters_of(word, first=not compound and position == 0) for position, word in enumerate(_words(rest))]
    return _combined([*((letters,) for letters in choices), *(option for option in options if option)])


def grams(name: str) -> list[str]:
    """The distinct pairs of adjacent characters of `name`, in order, without white space, letters lower-case.

    Search by two characters or more asks for the pairs of the query among these (GIN) and then compares the name.
    """
    text = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return list(dict.fromkeys(map("".join, pairwise(text))))


def _words(text: str) -> list[str]:
    return list(text) if not any(character.isascii() for character in text) else _WORD.findall(text)


@lru_cache(maxsize=65536)
def _letters_of(word: str, *, first: bool) -> tuple[str, ...]:
    """What one character or Latin word contributes, alternatives in order; nothing for signs."""
    if word.isascii():
        return _latin(word)
    table = (SURNAMES.get(word) if first else None) or GIVEN.get(word)
    if table:
        return tuple(table)
    letter = unicodedata.normalize("NFD", pinyin_dict.get(ord(word), ""))[:1]
    return (letter,) if letter.isascii() and letter.isalpha() else ()


def _latin(word: str) -> tuple[str, ...]:
    """Numbers and short words in capitals whole, other words by their first letter."""
    whole = word.isdigit() or (word.isupper() and len(word) <= 4)
    letters = word if whole else word[:1]
    return (letters.lower(),) if letters.isalnum() else ()


def _combined(options: list[tuple[str, ...]]) -> list[str]:
    """The alternatives put together, those with the likelier readings first."""
    if not options:
        return []
    number = 1
    for position, option in enumerate(options):
        if number * len(option) > MOST_ALTERNATIVES:
            options[position] = option[:1]
        number *= len(options[position])
    found = ("".join(letters)[:MOST_LETTERS] for letters in product(*options))
    return list(dict.fromkeys(found))
