from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.profile.choices import PersonalField, RevealReason


class ReasonForm(forms.Form):
    """Why somebody looks at something hidden: from a list, so that reasons can be counted and reviewed."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Please choose"))] + [(str(code), label) for code, label in RevealReason.choices],
        error_messages={"required": _("Please choose a reason."), "invalid_choice": _("Please choose a reason.")},
    )


class RevealForm(ReasonForm):
    """Which hidden field, and why."""

    field = forms.ChoiceField(label=_("Field"), choices=PersonalField.choices, widget=forms.HiddenInput)
