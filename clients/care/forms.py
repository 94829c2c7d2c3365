"""What is chosen for a hand-over: who takes over and by which rule; then why."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.care.choices import HandoverReason, HandoverRule
from clients.care.selectors import Held
from crm.organisation.models import User


class SharingForm(forms.Form):
    """Who takes over, in which order, and how the clients are shared out. Sent by GET: nothing happens yet."""

    to = forms.MultipleChoiceField(label=_("Who takes over"), widget=forms.CheckboxSelectMultiple)
    rule = forms.ChoiceField(
        label=_("How they are shared out"),
        choices=HandoverRule.choices,
        initial=HandoverRule.BY_LOAD,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, candidates: Sequence[Held], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {held.person.staff_no: held.person for held in candidates}
        self.fields["to"].choices = [(staff_no, person.name) for staff_no, person in self.people.items()]  # type: ignore[attr-defined]

    @property
    def successors(self) -> list[User]:
        """The chosen people, in the order of the choices."""
        chosen = set(self.cleaned_data["to"])
        return [person for staff_no, person in self.people.items() if staff_no in chosen]

    @property
    def chosen_rule(self) -> HandoverRule:
        return HandoverRule(self.cleaned_data["rule"])


class HandoverForm(SharingForm):
    """The same with the reason: what is sent to hand over. `key` tells a double click from a second hand-over."""

    reason = forms.ChoiceField(label=_("Reason"), choices=HandoverReason.choices)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
