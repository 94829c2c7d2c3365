"""What is typed about a correction: the value and how one knows; the decision."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.corrections.choices import CorrectedField
from clients.corrections.values import LONGEST, read_value
from clients.profile.choices import Gender
from clients.profile.models import Client

HELP = {
    CorrectedField.NAME: _("As it stands on the identity document."),
    CorrectedField.PHONE: _("A mobile of 11 digits, or a landline with its area code."),
    CorrectedField.ID_NUMBER: _("As it stands on the document; the check digit is checked."),
    CorrectedField.ID_TYPE: _("In the core system's words, such as 居民身份证."),
}
INPUT_MODES = {CorrectedField.PHONE: "tel", CorrectedField.EMAIL: "email"}


class ProposalForm(forms.Form):
    """Another value for one field of a client, and why."""

    value = forms.CharField(required=False)
    reason = forms.CharField(
        label=_("How do you know?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What the client showed or said, and when. Whoever decides reads this."),
    )

    def __init__(self, *args: Any, field: CorrectedField, client: Client, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field, self.client, self.today = field, client, today
        self.fields["value"] = _value_field(field)

    def clean_value(self) -> str:
        return read_value(self.field, str(self.cleaned_data["value"] or ""), self.client, today=self.today)


def _value_field(field: CorrectedField) -> forms.Field:
    clears = field is not CorrectedField.NAME
    shared: dict[str, Any] = {
        "label": field.label,
        "required": not clears,
        "help_text": HELP.get(field, _("Leave it empty to have the field cleared.") if clears else ""),
    }
    if field is CorrectedField.GENDER:
        return forms.ChoiceField(choices=[("", pgettext_lazy("gender", "unknown")), *Gender.choices], **shared)
    if field is CorrectedField.BIRTH_DATE:
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **shared)
    attrs = {"autocomplete": "off", "maxlength": str(LONGEST[field])}
    if field in INPUT_MODES:
        attrs["inputmode"] = INPUT_MODES[field]
    return forms.CharField(widget=forms.TextInput(attrs=attrs), **shared)


class DecisionForm(forms.Form):
    """Approve or reject; a rejection says why."""

    APPROVE, REJECT = "approve", "reject"

    verb = forms.ChoiceField(
        choices=[(APPROVE, pgettext_lazy("correction", "Approve")), (REJECT, _("Reject"))], widget=forms.HiddenInput
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    @property
    def approves(self) -> bool:
        return bool(self.cleaned_data["verb"] == self.APPROVE)
