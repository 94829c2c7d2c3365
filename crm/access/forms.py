from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.organisation.models import User


class SignInForm(LoginForm):  # type: ignore[misc]
    """Staff number and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = gettext_lazy("Staff number")
        login.widget.attrs = {"autocomplete": "username", "autofocus": True, "spellcheck": "false"}
        password.label = gettext_lazy("Password")
        password.widget.attrs = {"autocomplete": "current-password"}

    def clean_login(self) -> str:
        return str(self.cleaned_data["login"]).strip()


class PlainFields:
    """For allauth's forms: no placeholders that only repeat the label above."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class NewPasswordForm(PlainFields, ChangePasswordForm):  # type: ignore[misc]
    """The current password and, twice, the new one."""


class OnceMoreForm(PlainFields, ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before what changes the sign-in itself."""


class UnlockForm(forms.Form):
    """The password of whoever is signed in."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        self.request, self.user = request, user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if authenticate(self.request, username=self.user.staff_no, password=password) != self.user:
            raise forms.ValidationError(_("That is not your password."))
        return password
