from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from callbacks.calls.models import Call
from callbacks.recordings.audio.examining import TAKEN

if TYPE_CHECKING:
    from crm.organisation.models import User


class UploadForm(forms.Form):
    """A recording from somebody's computer. What it is is found out when it is stored."""

    file = forms.FileField(label=_("Recording"), widget=forms.FileInput(attrs={"accept": TAKEN, "class": "input"}))


class JoinForm(forms.Form):
    """Of which call a recording is: by its number, among those that the person sees."""

    call = forms.IntegerField(label=_("Number of the call"), min_value=1, max_value=2**63 - 1)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_call(self) -> Call:
        found = Call.objects.visible_to(self.user).filter(pk=self.cleaned_data["call"]).first()
        if found is None:
            raise forms.ValidationError(_("There is no such call among those that you see."))
        return found
