"""What is typed on the call screen beside the answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from callbacks.calls.choices import SkipReason
from callbacks.calls.identity import Proof
from callbacks.calls.models import OutcomeCode
from callbacks.calls.outcomes import Ending
from callbacks.calls.phones import MAIN
from clients.corrections.choices import CorrectedField
from crm.organisation.models import User

BY_PHONE = (CorrectedField.PHONE, CorrectedField.EMAIL, CorrectedField.ADDRESS)  # what a client corrects in a call


class FinishForm(forms.Form):
    """The outcome and what goes with it."""

    outcome = forms.ModelChoiceField(queryset=OutcomeCode.objects.filter(is_active=True), to_field_name="code")
    next_at = forms.DateTimeField(required=False)
    no_recording = forms.CharField(required=False, max_length=200)
    evidence = forms.CharField(required=False, max_length=300)

    @property
    def ending(self) -> Ending:
        typed = self.cleaned_data
        return Ending(typed["next_at"], typed["no_recording"], typed["evidence"])


class TryForm(forms.Form):
    """Which number is dialled and, outside the hours, why now."""

    phone = forms.CharField(required=False, max_length=20)
    out_of_hours = forms.CharField(required=False, max_length=200)

    def clean_phone(self) -> str:
        return self.cleaned_data["phone"] or MAIN


class IdentityForm(forms.Form):
    proof = forms.ChoiceField(choices=Proof.choices)
    digits = forms.CharField(max_length=30)


class SkipForm(forms.Form):
    reason = forms.ChoiceField(choices=SkipReason.choices)
    note = forms.CharField(required=False, max_length=200)


class ColleagueForm(forms.Form):
    """A colleague, by staff number, and why."""

    to = forms.CharField(max_length=32)
    reason = forms.CharField(required=False, max_length=300)

    def clean_to(self) -> User:
        found: User | None = User.objects.filter(staff_no=self.cleaned_data["to"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("Nobody has this staff number."))
        return found


class TakeForm(forms.Form):
    reason = forms.CharField(max_length=200)
    out_of_hours = forms.CharField(required=False, max_length=200)


class ComplaintForm(forms.Form):
    said = forms.CharField(max_length=2000)


class CorrectionForm(forms.Form):
    """What the client says is wrong in his file: it goes to a second person, and to the core system."""

    field = forms.ChoiceField(label=_("What is wrong"), choices=[(one.value, one.label) for one in BY_PHONE])
    value = forms.CharField(label=_("What it should be"), max_length=300)


def errors_of(form: forms.Form) -> dict[str, list[str]]:
    """What is wrong with what was typed, by field."""
    return {name: [str(one) for one in errors] for name, errors in form.errors.items()}
