"""What is asked before something is done to calls: to whom, how they are shared out, how urgent, in which form, why."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callbacks.calls.choices import Form
from callbacks.queue.assigning import MOST_PEOPLE, Share
from callbacks.queue.supervising import LEAST_URGENT, MOST_URGENT
from crm.exports.choices import ExportReason
from crm.organisation.models import User


class SteerForm(forms.Form):
    """The form of every verb. `key` tells a double click from a second action; `expected` is what the page said."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)

    def params(self) -> dict[str, Any]:
        """What the filled-in form asks for, as JSON."""
        return {"reason": self.cleaned_data["reason"]}


class FreeForm(SteerForm):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)


class UrgeForm(SteerForm):
    rank = forms.IntegerField(
        label=gettext_lazy("Urgency"),
        min_value=MOST_URGENT,
        max_value=LEAST_URGENT,
        help_text=gettext_lazy("The lower the number, the earlier it comes; 1 is before everything else."),
    )
    field_order = ("rank", "reason")

    def __init__(self, *args: Any, ranks: Sequence[tuple[str, int]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ranks:
            as_usual = " · ".join(f"{name} {rank}" for name, rank in ranks)
            words = _("The lower the number, the earlier it comes; 1 is before everything else. As the plans have it:")
            self.fields["rank"].help_text = f"{words} {as_usual}"

    def params(self) -> dict[str, Any]:
        return super().params() | {"rank": self.cleaned_data["rank"]}


class ReformForm(SteerForm):
    form = forms.ChoiceField(label=gettext_lazy("Form of contact"), choices=Form.choices, initial=Form.LETTER)
    field_order = ("form", "reason")

    def params(self) -> dict[str, Any]:
        return super().params() | {"form": self.cleaned_data["form"]}


class AssignForm(SteerForm):
    """To whom; `people` work on calls in the units of the chosen ones."""

    to = forms.MultipleChoiceField(
        label=gettext_lazy("Who gets them"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Not needed where each goes to the client's own customer manager."),
    )
    share = forms.ChoiceField(
        label=gettext_lazy("How they are shared out"),
        choices=Share.choices,
        initial=Share.BY_SKILL,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)
    field_order = ("to", "share", "reason")

    def __init__(self, *args: Any, people: Sequence[tuple[User, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {one.staff_no: one for one, _about in people}
        choices = [(one.staff_no, f"{one.name} · {about}") for one, about in people]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        chosen = given.get("to", [])
        if not chosen and given.get("share") != Share.BY_MANAGER and "to" not in self.errors:
            self.add_error("to", _("Say who gets them."))
        if len(chosen) > MOST_PEOPLE:
            self.add_error("to", _("At most %(n)s people at once.") % {"n": MOST_PEOPLE})
        return given

    def chosen(self) -> list[User]:
        return [self.people[staff_no] for staff_no in self.cleaned_data["to"]]

    def params(self) -> dict[str, Any]:
        given = self.cleaned_data
        return super().params() | {"to": [one.pk for one in self.chosen()], "share": given["share"]}


class ExportForm(forms.Form):
    """Goes to the export of the list, which asks for its release where one is needed."""

    reason = forms.ChoiceField(label=gettext_lazy("What is it for?"), choices=[("", "–"), *ExportReason.choices])
