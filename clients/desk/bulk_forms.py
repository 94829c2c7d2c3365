"""What is asked before something is done to many clients: which tag, which list, who takes them over, why."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.care.choices import HandoverReason, HandoverRule
from clients.lists.bulk import Wanted
from clients.lists.choices import BulkVerb, ListKind
from clients.lists.models import ClientList, ClientTag, Tag
from crm.exports.choices import ExportReason
from crm.organisation.models import Unit, User
from crm.web.services import units_to_share_with

EXPORT = "export"  # not a verb of its own: the list's export takes it


class ConfirmForm(forms.Form):
    """The form of every verb. `key` tells a double click from a second action; `expected` is what the page said."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)

    def wanted(self) -> Wanted:
        """What the filled-in form asks for."""
        raise NotImplementedError


class TagForm(ConfirmForm):
    tag = forms.ModelChoiceField(
        label=gettext_lazy("Tag"), queryset=Tag.objects.none(), empty_label=gettext_lazy("Please choose")
    )
    verb = BulkVerb.TAG

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tag"].queryset = self.tags()  # type: ignore[attr-defined]

    def tags(self) -> Any:
        return Tag.objects.filter(is_active=True)

    def wanted(self) -> Wanted:
        return Wanted(self.verb, tag=self.cleaned_data["tag"])


class UntagForm(TagForm):
    verb = BulkVerb.UNTAG

    def tags(self) -> Any:
        """Also those that were put away, while some client has them."""
        return Tag.objects.filter(pk__in=ClientTag.objects.values("tag"))


class AddForm(ConfirmForm):
    """Onto a list of one's own, or a new one."""

    client_list = forms.ModelChoiceField(
        label=gettext_lazy("One of your lists"), queryset=ClientList.objects.none(), required=False, empty_label="–"
    )
    new_list = forms.CharField(label=gettext_lazy("Or a new list called"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Who is on the new list"),
        choices=ListKind.choices,
        initial=ListKind.FIXED,
        required=False,
        widget=forms.RadioSelect,
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Share the new list with"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody"),
    )

    def __init__(self, *args: Any, user: User, by_rule: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = ClientList.objects.filter(owner=user, kind=ListKind.FIXED).in_use()
        self.fields["client_list"].queryset = own  # type: ignore[attr-defined]
        units = [unit.pk for unit in units_to_share_with(user)]
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=units)  # type: ignore[attr-defined]
        if not units:
            del self.fields["unit"]
        if not by_rule:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if bool(given.get("client_list")) == bool(given.get("new_list", "").strip()):
            raise forms.ValidationError(_("Choose one of your lists, or give a new one a name."))
        if given.get("client_list") and self.is_rule:
            raise forms.ValidationError(_("A list by rule is a new one. Give it a name."))
        return given

    @property
    def is_rule(self) -> bool:
        return bool(self.cleaned_data.get("kind") == ListKind.RULE)

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            BulkVerb.ADD,
            client_list=given["client_list"],
            new_list=given["new_list"].strip(),
            unit=given.get("unit"),
        )


class RemoveForm(ConfirmForm):
    client_list = forms.ModelChoiceField(
        label=gettext_lazy("Client list"),
        queryset=ClientList.objects.none(),
        empty_label=gettext_lazy("Please choose"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = ClientList.objects.filter(owner=user, kind=ListKind.FIXED)
        self.fields["client_list"].queryset = own  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        return Wanted(BulkVerb.REMOVE, client_list=self.cleaned_data["client_list"])


class AssignForm(ConfirmForm):
    """Who takes the clients over; `people` are the managers of the clients' branches."""

    to = forms.MultipleChoiceField(label=gettext_lazy("Who takes over"), widget=forms.CheckboxSelectMultiple)
    rule = forms.ChoiceField(
        label=gettext_lazy("How they are shared out"),
        choices=HandoverRule.choices,
        initial=HandoverRule.BY_LOAD,
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=HandoverReason.choices, initial=HandoverReason.LOAD
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, user: User, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {one.staff_no: one for one in people}
        choices = [(staff_no, f"{one.name} {staff_no}") for staff_no, one in self.people.items()]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        params = {
            "successors": [self.people[staff_no].pk for staff_no in given["to"]],
            "rule": given["rule"],
            "reason": given["reason"],
            "note": given["note"],
        }
        return Wanted(BulkVerb.ASSIGN, params=params)


class ExportForm(forms.Form):
    """Goes to the export of the list, which asks for its release where one is needed."""

    reason = forms.ChoiceField(label=gettext_lazy("What is it for?"), choices=[("", "–"), *ExportReason.choices])


FORMS: dict[str, type[ConfirmForm]] = {
    BulkVerb.TAG: TagForm,
    BulkVerb.UNTAG: UntagForm,
    BulkVerb.ADD: AddForm,
    BulkVerb.REMOVE: RemoveForm,
    BulkVerb.ASSIGN: AssignForm,
}
