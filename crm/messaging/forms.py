from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from crm.messaging.choices import MessageChannel
from crm.messaging.models import MessageTemplate
from crm.messaging.templates import check


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """A template as its keeper edits it. What is wrong with placeholders is said beside the text."""

    class Meta:
        model = MessageTemplate
        fields = ("code", "channel", "name", "subject", "body", "gateway_code", "is_marketing", "is_active")

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        check(body)
        return body

    def clean_subject(self) -> str:
        subject = str(self.cleaned_data["subject"])
        check(subject)
        return subject

    def clean(self) -> dict[str, object]:
        found: dict[str, object] = super().clean() or {}
        if found.get("channel") == MessageChannel.EMAIL and not found.get("subject"):
            self.add_error("subject", _("An e-mail needs a subject."))
        return found
