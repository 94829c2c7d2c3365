"""A form with its draft on a page: what was typed and not saved stands in it again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from crm.access.guards import user_of
from crm.drafts.services import take_up

NO_FILES: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict()


@dataclass(frozen=True)
class FormDraft:
    """What a form's page needs: the attributes of its form, and crm/drafts/line.html.

    `seen` is the page that wrote the draft there is; `restored_at` is when that was, where it stands in the form again.
    """

    url: str
    discard_url: str
    seen: str
    restored_at: dt.datetime | None


def draft_of(request: HttpRequest, kind: str, key: str, form: forms.BaseForm, *, restore: bool = True) -> FormDraft:
    """The draft of who asks, laid into `form` unless that already holds what was sent, or `restore` says no.

    Raises OutOfReach or PermissionDenied for a form that this person may not fill in.
    """
    kept = take_up(by=user_of(request), kind=kind, key=key)
    restored = kept if restore and not form.is_bound else None
    if restored is not None:
        for name, field in form.fields.items():
            if not field.widget.value_omitted_from_data(restored.fields, NO_FILES, name):
                form.initial[name] = field.widget.value_from_datadict(restored.fields, NO_FILES, name)
    return FormDraft(
        url=reverse("drafts:keep", args=[kind, key]),
        discard_url=reverse("drafts:discard", args=[kind, key]),
        seen=str(kept.window) if kept else "",
        restored_at=restored.kept_at if restored else None,
    )
