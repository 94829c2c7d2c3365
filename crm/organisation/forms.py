"""What an administrator is asked about units and people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from crm.organisation import policies
from crm.organisation.models import Unit, User


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Unit
        fields = ("code", "name", "kind", "parent", "province", "city", "phone", "email", "is_active")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and not self.errors:
            policies.check_no_circle(Unit(pk=self.instance.pk, name=data["name"], parent=data.get("parent")))
        return data


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """`by` is the administrator who fills it in; the admin sets it."""

    by: User

    class Meta:
        model = User
        fields = ("staff_no", "name", "phone", "email", "licence_no", "is_active")

    def clean_is_active(self) -> bool:
        wanted = bool(self.cleaned_data["is_active"])
        if wanted != self.instance.is_active:
            policies.check_somebody_else(self.by, self.instance)
        return wanted


class PasswordForm(forms.Form):
    """A first password, or a new one for somebody who forgot his: he has to choose his own at the next sign-in."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=lazy(password_validators_help_text_html, str)(),
    )
    again = forms.CharField(
        label=_("The same again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and data["password"] != data["again"]:
            raise ValidationError({"again": _("The two passwords differ.")})
        return data


class LeaverForm(forms.Form):
    """From which day on somebody is gone."""

    left_on = forms.DateField(
        label=_("Gone from this day on"),
        initial=timezone.localdate,
        help_text=_("On this day he cannot sign in any more; his appointments end the day before."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
