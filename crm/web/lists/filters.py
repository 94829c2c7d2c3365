"""Filters of a list: what the URL says, checked against what is offered; a wrong value is named and left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db.models import Choices, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

SEARCH_MAX = 100
SHOWN_MAX = 30  # how much of a wrong value a message repeats

Words = str | Promise


@dataclass(frozen=True)
class Option:
    """One choice of a filter: its code in the URL, its word, and the value in the column (or a condition)."""

    value: str
    label: Words
    stored: Any = None  # the value in the column; the code itself when left out
    condition: Q | None = None  # instead of a comparison with the column


@dataclass(frozen=True)
class ChoiceFilter:
    """A filter by one column, several values at once (any of them matches).

    name      parameter in the URL, and the column unless `field` names another
    default   codes that hold as long as the URL says nothing (e.g. closed clients stay out); say in `unset` what
              that means
    """

    name: str
    label: Words
    options: Sequence[Option]
    field: str = ""
    default: tuple[str, ...] = ()
    unset: Words = ""
    single: bool = False
    by_column: ClassVar[bool] = True  # the rows themselves say whether they match, not another table

    @classmethod
    def of(cls, name: str, label: Words, choices: type[Choices], **more: Any) -> Self:
        """A filter with the codes and words of a `TextChoices`."""
        return cls(name, label, tuple(Option(str(code), word) for code, word in choices.choices), **more)

    def parse(self, values: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
        """The known codes among `values`, in the order of the options, and a sentence for each unknown one."""
        given = {value for value in values if value}
        kept = tuple(option.value for option in self.options if option.value in given)
        if self.single:
            kept = kept[:1]
        unknown = sorted(given - {option.value for option in self.options})
        return kept, [self._refusal(value) for value in unknown[:3]]

    def _refusal(self, value: str) -> str:
        shown = value.replace("\0", "")[:SHOWN_MAX]
        return _("The filter “%(filter)s” has no value “%(value)s”; it was left out.") % {
            "filter": self.label,
            "value": shown,
        }

    def condition(self, chosen: Sequence[str]) -> Q:
        """The rows that match any of the chosen codes; every row when nothing is chosen and nothing is the default."""
        picked = [option for option in self.options if option.value in (chosen or self.default)]
        if not picked:
            return Q()
        stored = [self._stored(option) for option in picked if option.condition is None]
        condition = Q()
        if stored:
            column = self.field or self.name
            condition = Q(**{f"{column}__in": stored} if len(stored) > 1 else {column: stored[0]})
        for option in picked:
            if option.condition is not None:
                condition |= option.condition
        return condition

    @staticmethod
    def _stored(option: Option) -> Any:
        return option.value if option.stored is None else option.stored


@dataclass(frozen=True)
class Search:
    """The text field of a list. `apply(queryset, words)` narrows the rows; it may raise `ValueError` with a sentence
    for the user, and then the search is left out."""

    label: Words
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]]
    name: str = "q"

    def clean(self, given: str) -> str:
        """The words looked for: without NUL, outer spaces and what is too long to be meant."""
        return given.replace("\0", "").strip()[:SEARCH_MAX]
