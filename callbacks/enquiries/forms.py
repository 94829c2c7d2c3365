"""What is typed about an enquiry while the caller talks. Times are those of the firm (Asia/Shanghai)."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.enquiries.choices import EnquiryKind
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.writing import FIELDS, Written
from clients.contacts.forms import LookUpForm, MomentInput
from crm.organisation.models import User


def _area(rows: int, **attrs: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class WrittenForm(forms.Form):
    """The content of an enquiry. Every field may be left open while the caller talks; closing asks for the rest."""

    kind = forms.ChoiceField(
        label=_("Kind of enquiry"), choices=EnquiryKind.choices, widget=forms.RadioSelect, required=False
    )
    topic = forms.CharField(
        label=_("Topic"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "contact-topics", "autocomplete": "off"}),
    )
    question = forms.CharField(
        label=pgettext_lazy("enquiry", "What was asked"),
        max_length=4000,
        required=False,
        widget=_area(4, **{"data-key": "q", "aria-keyshortcuts": "q"}),
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=4000,
        required=False,
        widget=_area(4, **{"data-key": "a", "aria-keyshortcuts": "a"}),
    )
    used = forms.CharField(
        label=_("What the answer rests on"),
        max_length=300,
        required=False,
        help_text=_("A rule, a notice, an entry of the knowledge base."),
    )
    promised = forms.CharField(label=_("What was promised"), max_length=300, required=False)
    due_at = forms.DateTimeField(label=_("By when"), widget=MomentInput, required=False)
    caller_name = forms.CharField(
        label=_("Caller, as he says"), max_length=200, required=False, help_text=_("Only if he is no client we know.")
    )

    @property
    def written(self) -> Written:
        """What was typed, of a valid form."""
        return Written(**{name: self.cleaned_data[name] for name in FIELDS})


class CallerForm(LookUpForm):
    """Who is calling: where whoever takes an enquiry begins to type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs |= {"data-key": "l", "aria-keyshortcuts": "l"}


class NewForm(WrittenForm):
    """A new enquiry. `key` is the form's own: sent twice, it makes one. `number_pass` is that of the caller's card."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    number_pass = forms.CharField(required=False, widget=forms.HiddenInput)
    phone = forms.CharField(
        label=_("Caller's phone"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        help_text=_("To call back somebody who is no client we know."),
    )
    vip_line = forms.BooleanField(label=_("Came in on the VIP line"), required=False)


class OpenForm(WrittenForm):
    """An open enquiry; `revision` is that of what was opened."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, stored: Enquiry, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(stored, name) for name in (*FIELDS, "revision")})
        super().__init__(*args, **kwargs)


class HandForm(forms.Form):
    """To whom an enquiry is offered, and why."""

    to = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), to_field_name="staff_no", empty_label=_("Please choose")
    )
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset = colleagues
