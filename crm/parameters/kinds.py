"""The kinds of value a parameter may have: how each is checked, kept as JSON, read, and said in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.worktime.arithmetic import Intervals


class Kind(Protocol):
    """What every kind can do. `stored` is JSON."""

    def clean(self, value: Any) -> Any:
        """`value`, typed text or plain, as it is stored. Raises ValidationError in words."""

    def read(self, stored: Any) -> Any:
        """The value as code works with it."""

    def typed(self, stored: Any) -> str:
        """As somebody types it into the field."""

    def in_words(self, stored: Any) -> str:
        """As people read it."""

    def field(self) -> forms.Field:
        """The field in which it is typed; what it gives goes to `clean`."""


@dataclass(frozen=True)
class Whole:
    """A whole number from `least` to `most`."""

    least: int
    most: int
    unit: str | Promise = ""

    def clean(self, value: Any) -> int:
        try:
            number = int(str(value).strip())
        except ValueError:
            raise ValidationError(_("Please type a whole number.")) from None
        if not self.least <= number <= self.most:
            raise ValidationError(_("From %(least)s to %(most)s.") % {"least": self.least, "most": self.most})
        return number

    def read(self, stored: int) -> int:
        return stored

    def typed(self, stored: int) -> str:
        return str(stored)

    def in_words(self, stored: int) -> str:
        return f"{stored:,} {self.unit}".strip()

    def field(self) -> forms.Field:
        return forms.CharField(max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric"}))


def _decimal(value: Any, places: int) -> Decimal:
    """A number with at most `places` decimals; separators of thousands may be typed."""
    try:
        number = Decimal(str(value).replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        raise ValidationError(_("Please type a number.")) from None
    if not number.is_finite() or abs(number) >= 10**15 or number != round(number, places):
        raise ValidationError(_("A number with at most %(places)s decimals.") % {"places": places})
    return number


@dataclass(frozen=True)
class Share:
    """A share of something in per cent, with at most two decimals; read as a fraction: 5 % is 0.05."""

    def clean(self, value: Any) -> str:
        number = _decimal(str(value).replace("%", ""), 2)
        if not 0 <= number <= 100:
            raise ValidationError(_("From %(least)s to %(most)s.") % {"least": "0 %", "most": "100 %"})
        return f"{number.normalize():f}"

    def read(self, stored: str) -> Decimal:
        return Decimal(stored) / 100

    def typed(self, stored: str) -> str:
        return stored

    def in_words(self, stored: str) -> str:
        return f"{stored} %"

    def field(self) -> forms.Field:
        return forms.CharField(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}))


@dataclass(frozen=True)
class Money:
    """An amount in yuan, above zero."""

    def clean(self, value: Any) -> str:
        number = _decimal(value, 2)
        if number <= 0:
            raise ValidationError(_("An amount above zero."))
        return f"{number:.2f}"

    def read(self, stored: str) -> Decimal:
        return Decimal(stored)

    def typed(self, stored: str) -> str:
        return stored

    def in_words(self, stored: str) -> str:
        return _("%(amount)s yuan") % {"amount": f"{Decimal(stored):,.2f}"}

    def field(self) -> forms.Field:
        return forms.CharField(max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"}))


@dataclass(frozen=True)
class Switch:
    """Yes or no."""

    def clean(self, value: Any) -> bool:
        if value not in (True, False, "on", "off"):
            raise ValidationError(_("Yes or no."))
        return value in (True, "on")

    def read(self, stored: bool) -> bool:
        return stored

    def typed(self, stored: bool) -> str:
        return "on" if stored else "off"

    def in_words(self, stored: bool) -> str:
        return _("yes") if stored else _("no")

    def field(self) -> forms.Field:
        return forms.ChoiceField(choices=[("on", _("yes")), ("off", _("no"))])


@dataclass(frozen=True)
class Windows:
    """Hours of a day: several from–until, in order. Read as pairs of texts, for `Intervals.of`."""

    def clean(self, value: Any) -> list[list[str]]:
        spans = self._spans(value) if isinstance(value, str) else value
        try:
            return Intervals.of(spans).as_texts()
        except (TypeError, ValueError):
            words = _("Please type hours in order, such as 09:00–12:00, 13:30–20:00.")
            raise ValidationError(words) from None

    @staticmethod
    def _spans(typed: str) -> list[list[str]]:
        """The texts of "09:00-12:00, 13:30-20:00", however the dashes and commas are typed."""
        plain = typed.translate(str.maketrans("–—～~，、：", "----,,:"))
        return [[time.strip() for time in span.split("-")] for span in plain.split(",")]

    def read(self, stored: list[list[str]]) -> tuple[tuple[str, str], ...]:
        return tuple((start, end) for start, end in stored)

    def typed(self, stored: list[list[str]]) -> str:
        return str(Intervals.of(stored))

    def in_words(self, stored: list[list[str]]) -> str:
        return str(Intervals.of(stored))

    def field(self) -> forms.Field:
        return forms.CharField(max_length=100)
