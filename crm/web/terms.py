"""The words of the field where they appear: badges and headings say what they mean, the help page lists them all.

Rooms register theirs in a module `terms.py`, which is imported at start-up; docs/glossary.md holds the same words for
those who read the code.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class Term:
    """A word: `kind` and `code` are those of a badge, or "column" and the name of a list's column."""

    section: Words
    kind: str
    code: str
    word: Words
    meaning: Words


_terms: dict[tuple[str, str], Term] = {}


def register(*terms: Term) -> None:
    """Make words known. Raises ValueError for one that is explained already."""
    for term in terms:
        if (term.kind, term.code) in _terms:
            raise ValueError(f"{term.kind} {term.code} is explained twice")
        _terms[term.kind, term.code] = term


def meaning_of(kind: str, code: str) -> Words:
    """What a word means; empty for one that needs no explaining."""
    found = _terms.get((kind, code))
    return found.meaning if found else ""


def by_section() -> dict[str, list[Term]]:
    """All words, section by section, in the order in which they were registered."""
    sections: dict[str, list[Term]] = {}
    for term in _terms.values():
        sections.setdefault(str(term.section), []).append(term)
    return sections
