"""What is typed about contacts and promises. Times are those of the firm (Asia/Shanghai)."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.contacts.choices import ContactChannel, ContactDirection
from clients.contacts.services import Contact, Promised
from crm.organisation.models import User


class MomentInput(forms.DateTimeInput):
    """Day and time to the minute, as the browser's own picker writes them."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def _suggesting(list_id: str) -> forms.TextInput:
    return forms.TextInput(attrs={"list": list_id, "autocomplete": "off"})


class EnquiryForm(forms.Form):
    """What a caller wanted. `key` is the form's own: sent twice, it is written down once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    channel = forms.ChoiceField(
        label=_("Channel"), choices=ContactChannel.choices, widget=forms.RadioSelect, initial=ContactChannel.PHONE
    )
    occurred_at = forms.DateTimeField(label=_("Time"), widget=MomentInput, initial=timezone.localtime)
    topic = forms.CharField(label=_("Topic"), max_length=100, widget=_suggesting("contact-topics"))
    summary = forms.CharField(
        label=_("Summary"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    outcome = forms.CharField(
        label=_("Outcome"), max_length=100, required=False, widget=_suggesting("contact-outcomes")
    )

    def renew_key(self) -> None:
        """Give a refused form a key of its own: nothing was written down under the one it was sent with."""
        sent: Any = self.data  # a request's own cannot be changed
        self.data = renewed = sent.copy()
        renewed["key"] = str(uuid.uuid4())

    @property
    def direction(self) -> ContactDirection:
        return ContactDirection.INBOUND

    @property
    def contact(self) -> Contact:
        """What was typed, of a valid form."""
        typed = self.cleaned_data
        return Contact(
            channel=ContactChannel(typed["channel"]),
            direction=self.direction,
            occurred_at=typed["occurred_at"],
            topic=typed["topic"],
            summary=typed["summary"],
            outcome=typed["outcome"],
        )


class PromiseFields(forms.Form):
    """What was promised, by when, and who keeps it; whoever writes it down unless he says otherwise."""

    what = forms.CharField(label=_("What was promised"), max_length=300)
    due_at = forms.DateTimeField(label=_("By when"), widget=MomentInput)
    owner = forms.ModelChoiceField(label=_("Who keeps it"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, keepers: QuerySet[User], by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        owner: Any = self.fields["owner"]
        owner.queryset, owner.initial = keepers, by.pk

    @property
    def promised(self) -> Promised:
        return Promised(self.cleaned_data["what"], self.cleaned_data["due_at"], self.cleaned_data["owner"])


class PromiseForm(PromiseFields):
    """A promise on its own."""


class ContactForm(PromiseFields, EnquiryForm):
    """A contact of either direction, and what was promised in it, if anything was."""

    way = forms.ChoiceField(
        label=_("Direction"),
        choices=ContactDirection.choices,
        widget=forms.RadioSelect,
        initial=ContactDirection.OUTBOUND,
    )
    PROMISE = ("what", "due_at", "owner")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.PROMISE:
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("what") and not typed.get("due_at") and "due_at" not in self.errors:
            self.add_error("due_at", _("By when is it promised?"))
        if typed.get("due_at") and not typed.get("what"):
            self.add_error("what", _("What was promised by then?"))
        return typed

    @property
    def direction(self) -> ContactDirection:
        return ContactDirection(self.cleaned_data["way"])

    @property
    def promised_here(self) -> Promised | None:
        """The promise, where one was made."""
        if not self.cleaned_data["what"]:
            return None
        return Promised(self.cleaned_data["what"], self.cleaned_data["due_at"], self.cleaned_data["owner"] or self.by)


class EndForm(forms.Form):
    """How a promise ended."""

    KEEP, DROP = "keep", "drop"

    verb = forms.ChoiceField(choices=[(KEEP, _("Kept")), (DROP, _("No longer needed"))])
    result = forms.CharField(label=_("What came of it"), max_length=300, required=False)

    @property
    def is_kept(self) -> bool:
        return bool(self.cleaned_data["verb"] == self.KEEP)


class HandForm(forms.Form):
    """Who keeps a promise from now on."""

    owner = forms.ModelChoiceField(
        label=_("Who keeps it"), queryset=User.objects.none(), empty_label=_("Please choose")
    )

    def __init__(self, *args: Any, keepers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = keepers


class LookUpForm(forms.Form):
    """A whole client number, phone or ID number, as a caller gives it."""

    q = forms.CharField(
        label=_("Client number, phone or ID number, in full"),
        max_length=100,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "search"}),
    )
