"""What people type about a script as a whole; its questions are in `typed.py`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from callbacks.scripts.choices import ReasonKind
from callbacks.scripts.document import ContentError
from callbacks.scripts.papers import Paper, read_paper
from callbacks.scripts.reading import MOST_BYTES


class DescriptionForm(forms.Form):
    """Name, reasons, and whether the script is regulated."""

    name = forms.CharField(label=_("Name of the script"), max_length=100)
    kinds = forms.MultipleChoiceField(
        label=_("For the reasons"), choices=ReasonKind.choices, widget=forms.CheckboxSelectMultiple
    )
    regulated = forms.BooleanField(
        label=_("Regulated script"),
        required=False,
        initial=True,
        help_text=_("Asks the five topics of the regulator; who manages or introduced the client may not ask it."),
    )


class ChangeForm(DescriptionForm):
    is_active = forms.BooleanField(label=_("In use"), required=False)


class NewForm(DescriptionForm):
    code = forms.CharField(
        label=_("Code of the script"),
        max_length=50,
        help_text=_("Small letters, digits, “_” and “-”. It stays as it is."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("name", "code", "kinds", "regulated")


class ImportForm(forms.Form):
    """A script as JSON, as a file or typed in."""

    file = forms.FileField(label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ".json"}))
    text = forms.CharField(
        label=_("Or as text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "mono", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text", "").strip()
        if not file and not text:
            raise ValidationError(_("Choose a file, or put the script in as text."))
        name = "file" if file else "text"
        try:
            cleaned["paper"] = _read(file) if file else read_paper(text)
        except ContentError as refusal:
            for fault in refusal.faults:
                self.add_error(name, fault.words)
        return cleaned


class RetireForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def _read(file: UploadedFile[Any]) -> Paper:
    raw = file.read(MOST_BYTES + 1)
    return read_paper(raw.decode("utf-8-sig", errors="replace"))
