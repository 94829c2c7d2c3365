"""What is typed about a client's wishes, further phones, notes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.profile.choices import Horizon, Interest, OptOut, Preference
from clients.profile.models import ClientWishes
from clients.profile.wishes import FIELDS, check_call_hours
from crm.web.templatetags.ui import names
from crm.worktime.choices import DayRule

UNSAID = ("", _("not said"))


def interest_word(code: str) -> str:
    """An interest as people read it; older words of staff stay as they were written."""
    return str(Interest(code).label) if code in Interest.values else code


def opt_out_word(code: str) -> str:
    """What a client does not want, as people read it."""
    return str(OptOut(code).label) if code in OptOut.values else code


def clock(value: Any) -> Any:
    """A time of day as people read it: 19:00. Any other value stays."""
    return f"{value:%H:%M}" if isinstance(value, dt.time) else value


class ClockInput(forms.TimeInput):
    """Hours and minutes."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class WishesForm(forms.Form):
    """Everything the client tells us about himself; `version` is that of what was opened."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    preferred_name = forms.CharField(
        label=_("Preferred name"), max_length=100, required=False, help_text=_("How the client likes to be addressed.")
    )
    call_days = forms.ChoiceField(
        label=_("Days for calls"),
        choices=[UNSAID, *DayRule.choices],
        required=False,
        help_text=_("Calls keep to these days and hours, days off included. Left open, the usual ones hold."),
    )
    call_from = forms.TimeField(label=_("Calls from"), required=False, widget=ClockInput)
    call_until = forms.TimeField(label=_("Calls until"), required=False, widget=ClockInput)
    preferred_hours = forms.CharField(
        label=_("Preferred hours"),
        max_length=100,
        required=False,
        help_text=_("In his own words: a remark for whoever calls."),
    )
    declared_preference = forms.ChoiceField(
        label=_("Declared preference"), choices=[UNSAID, *Preference.choices], required=False
    )
    horizon = forms.ChoiceField(label=_("Horizon"), choices=[UNSAID, *Horizon.choices], required=False)
    interests = forms.MultipleChoiceField(
        label=_("Interests"), choices=Interest.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    needs = forms.CharField(label=_("Needs"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    opt_outs = forms.MultipleChoiceField(
        label=_("What the client does not want"),
        choices=OptOut.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, stored: ClientWishes, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(stored, name) for name in (*FIELDS, "version")})
        super().__init__(*args, **kwargs)
        interests: Any = self.fields["interests"]
        others = [word for word in stored.interests if word not in Interest.values]
        interests.choices = [*Interest.choices, *((word, word) for word in others)]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            check_call_hours(typed["call_from"], typed["call_until"])
        return typed

    @property
    def wishes(self) -> dict[str, Any]:
        """What was typed, of a valid form."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    def in_words(self, name: str, value: Any) -> str:
        """A value of a field as people read it."""
        choices = dict(getattr(self.fields[name], "choices", ()))
        values = value if isinstance(value, list | tuple) else [value]
        return names([choices.get(one, clock(one)) for one in values if one])


class PhoneForm(forms.Form):
    """A further number, and whose or when to call it."""

    phone = forms.CharField(
        label=_("Further phone"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    remark = forms.CharField(
        label=_("Remark"), max_length=100, required=False, help_text=_("Such as: office, spouse, evenings only.")
    )


class NoteForm(forms.Form):
    """A note for whoever looks after the client next."""

    text = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It stays as it is written. What was wrong is said in the next note."),
    )
