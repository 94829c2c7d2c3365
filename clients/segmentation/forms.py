"""What people type on the segmentation pages: a policy number by number or as JSON, a day, a decision."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.segmentation import rules
from clients.segmentation.choices import Group, Tier
from clients.segmentation.numbers import NUMBERS, SECTIONS, Kind, Number, Section, in_words
from crm.web.badges import badge_of

BIG = {"万": Decimal(10) ** 4, "亿": Decimal(10) ** 8}
HEAD = ("name", "effective_on", "note")  # what a proposal says beside its rules
RANKED = [code for code in Group.values if code != Group.GENERAL]


def day_input() -> forms.DateInput:
    """A day, typed or picked; always ISO so that the browser's own picker understands the value."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NumberField(forms.DecimalField):
    """A number as people write it: `1,000,000`, `１００万`, `1.5亿`, `30%` all mean what they say."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = str(value or "").translate(str.maketrans("０１２３４５６７８９．，％－", "0123456789.,%-"))
        text = text.replace(",", "").replace(" ", "").removesuffix("%")
        factor = BIG.get(text[-1:], Decimal(1))
        found: Decimal | None = super().to_python(text[:-1] if factor != 1 else text)
        return None if found is None else found * factor


def to_json_number(value: Decimal) -> int | float:
    """A whole number stays whole in JSON; the rest is written as typed (0.3, never 0.30000000000000004)."""
    return int(value) if value == value.to_integral_value() else float(str(value.normalize()))


def _field_of(number: Number) -> forms.Field:
    shared: dict[str, Any] = {"label": number.label, "help_text": number.help}
    if number.kind is Kind.TIER:
        return forms.ChoiceField(choices=[c for c in Tier.choices if c[0] != Tier.NONE], **shared)
    inputs = {"inputmode": "decimal", "autocomplete": "off", "class": "number"}
    field = NumberField(max_digits=18, widget=forms.TextInput(attrs=inputs), **shared)
    field.error_messages["invalid"] = _("Enter a number.")
    return field


def shown(number: Number, value: Any) -> str:
    """How a rule's value stands in its input: shares as percent, money with separators."""
    if number.kind is Kind.TIER:
        return str(value)
    amount = Decimal(str(value)) * (100 if number.kind is Kind.SHARE else 1)
    text = f"{amount:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class ProposalForm(forms.Form):
    """What every proposal carries beside its rules."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What this version is for, in a few words."))
    effective_on = forms.DateField(label=_("Takes effect on"), widget=day_input())
    note = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person who approves reads this first."),
    )
    try_on = forms.DateField(label=_("Try as of"), widget=day_input(), required=False)

    def __init__(self, *args: Any, tries: bool = False, **kwargs: Any) -> None:
        """`tries`: the numbers are only tried, so nothing else need be filled in."""
        super().__init__(*args, **kwargs)
        self.tries = tries

    def clean_try_on(self) -> dt.date:
        today = timezone.localdate()
        return _possible(self.cleaned_data["try_on"] or today, today)

    def clean_effective_on(self) -> dt.date:
        """A version never reaches back: nights that are over keep the rules they were run with."""
        day: dt.date = self.cleaned_data["effective_on"]
        if day < timezone.localdate():
            raise ValidationError(_("This day is over. A policy takes effect today or later."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.tries:
            for name in HEAD:
                self.errors.pop(name, None)
        try:
            given = self.given_rules()
            if given is not None:
                cleaned["rules"] = rules.complete(given)
        except rules.PolicyError as error:
            self.refuse(str(error))
        return cleaned

    def given_rules(self) -> rules.Rules | None:
        """The rules as typed, or None when they cannot be read (the fields say why). Raises PolicyError."""
        raise NotImplementedError

    def refuse(self, sentence: str) -> None:
        """Put a refusal of the rules where it is seen: at the fields it names, else above the form."""
        self.add_error(None, sentence)


@dataclass(frozen=True)
class Line:
    """One number of the form with what stands beside it."""

    field: forms.BoundField
    number: Number
    default: str
    in_force: str
    differs: bool  # what is in force is not the default


class PolicyForm(ProposalForm):
    """A policy, every number in a field of its own. `start` are the complete rules it begins with."""

    def __init__(self, *args: Any, start: Mapping[str, Any], in_force: Mapping[str, Any], **kwargs: Any) -> None:
        self.in_force = in_force
        kwargs["initial"] = {**initial_numbers(start), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for number in NUMBERS:
            self.fields[number.name] = _field_of(number)
        choices = [("", _("– nobody –")), *((code, badge_of("group", code).label) for code in RANKED)]
        for place in range(1, len(RANKED) + 1):
            field = forms.ChoiceField(choices=choices, required=False, label=_("Place %(n)s") % {"n": place})
            self.fields[f"order_{place}"] = field

    def sections(self) -> Iterator[tuple[Section, list[Line]]]:
        """The numbers under their headings, each with its default and what is in force."""
        defaults = rules.complete(rules.Rules())
        for section in SECTIONS:
            yield section, [self._line(number, defaults) for number in section.numbers]

    def _line(self, number: Number, defaults: Mapping[str, Any]) -> Line:
        default, now = number.of(defaults), number.of(self.in_force)
        return Line(self[number.name], number, in_words(number, default), in_words(number, now), default != now)

    def places(self) -> list[forms.BoundField]:
        """The fields of the groups' order, first place first."""
        return [self[f"order_{place}"] for place in range(1, len(RANKED) + 1)]

    def given_rules(self) -> rules.Rules | None:
        cleaned = self.cleaned_data
        if any(number.name not in cleaned for number in NUMBERS):
            return None
        given: dict[str, Any] = {}
        for number in NUMBERS:
            holder = given if len(number.path) == 1 else given.setdefault(number.path[0], {})
            holder[number.path[-1]] = self._value(number)
        order = self._order()
        return None if order is None else rules.parse({**given, "order": order})

    def _order(self) -> list[str] | None:
        """The chosen groups, first place first; None when one was chosen twice (its second place says so)."""
        order: list[str] = []
        for place in range(1, len(RANKED) + 1):
            code = self.cleaned_data.get(f"order_{place}")
            if code in order:
                self.add_error(f"order_{place}", _("This group already has a place above."))
            elif code:
                order.append(code)
        return None if any(name.startswith("order_") for name in self.errors) else order

    def refuse(self, sentence: str) -> None:
        named = [number for number in NUMBERS if re.search(rf"(?<![\w.]){re.escape(number.key)}(?![\w.])", sentence)]
        words = sentence
        for number in named:
            words = words.replace(number.key, str(number.label))
        for number in named:
            self.add_error(number.name, words)
        if not named:
            self.add_error(None, sentence)

    def _value(self, number: Number) -> Any:
        value = self.cleaned_data[number.name]
        if number.kind is Kind.TIER:
            return value
        return to_json_number(value / 100 if number.kind is Kind.SHARE else value)


def initial_numbers(start: Mapping[str, Any]) -> dict[str, str]:
    """What the fields show for a complete set of rules."""
    values = {number.name: shown(number, number.of(start)) for number in NUMBERS}
    return values | {f"order_{place}": code for place, code in enumerate(start["order"], 1)}


class PolicyJsonForm(ProposalForm):
    """The same policy as JSON, for those who keep theirs in a file. Left-out keys take their defaults."""

    rules_json = forms.CharField(
        label=_("Rules as JSON"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 30, "class": "mono", "spellcheck": "false"}),
        help_text=_("A key that is left out takes its default; an unknown key is an error."),
    )

    def given_rules(self) -> rules.Rules | None:
        text = self.cleaned_data.get("rules_json")
        return None if text is None else rules.parse_text(text)

    def refuse(self, sentence: str) -> None:
        self.add_error("rules_json", sentence)


class RunForm(forms.Form):
    """The day to segment by hand. The day must be over: tomorrow's figures are not in yet."""

    as_of = forms.DateField(label=_("As of"), widget=day_input(), help_text=_("The last day that counts."))

    def clean_as_of(self) -> dt.date:
        return _possible(self.cleaned_data["as_of"], timezone.localdate() - dt.timedelta(days=1))


class TrialForm(forms.Form):
    """The day a trial looks at: today by default."""

    as_of = forms.DateField(label=_("As of"), widget=day_input())

    def clean_as_of(self) -> dt.date:
        return _possible(self.cleaned_data["as_of"], timezone.localdate())


def _possible(day: dt.date, last: dt.date) -> dt.date:
    if day < rules.EARLIEST:
        raise ValidationError(_("The earliest possible day is %(day)s.") % {"day": f"{rules.EARLIEST:%F}"})
    if day > last:
        raise ValidationError(
            _("This day is not over yet. The latest possible day is %(day)s.") % {"day": f"{last:%F}"}
        )
    return day


class DecisionForm(forms.Form):
    """Approve or refuse a proposal. A refusal says why."""

    APPROVE, REFUSE = "approve", "refuse"

    verb = forms.ChoiceField(choices=[(APPROVE, _("Approve")), (REFUSE, _("Refuse"))], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verb") == self.REFUSE and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why, so that the proposer knows what to change."))
        return cleaned
