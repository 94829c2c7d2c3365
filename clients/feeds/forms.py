"""What people type on the upload page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ENDINGS = (".csv", ".csv.gz", ".xlsx")


class UploadForm(forms.Form):
    """A feed's file and what its sender says about it. `feeds` are those this person may load: (code, name)."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.gz,.xlsx"}),
        help_text=_("Choose it, or drag it onto this field: .csv, .csv.gz or .xlsx."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty: not even a header row.")},
    )
    feed = forms.ChoiceField(label=_("Feed"))
    business_date = forms.DateField(
        label=_("Business date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day the file is about. The night waits until assets, trades and cash flows of a day are in."),
    )
    rows_stated = forms.IntegerField(
        label=_("Control total"),
        required=False,
        min_value=0,
        max_value=10**12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("The number of rows the sender states. With another number nothing is taken."),
    )

    def __init__(self, *args: Any, feeds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = feeds if len(feeds) == 1 else [("", _("– choose –")), *feeds]
        self.fields["feed"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile[Any]:
        """By name and size here; whether the content is what the name says is found out by the engine."""
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        if not (upload.name or "").lower().endswith(ENDINGS):
            raise ValidationError(
                _("Only .csv, .csv.gz and .xlsx files can be read. This one is “%(name)s”.") % {"name": upload.name}
            )
        limit = settings.FEED_UPLOAD_MAX_BYTES
        size = upload.size or 0
        if size > limit:
            sizes = {"size": filesizeformat(size), "limit": filesizeformat(limit)}
            raise ValidationError(
                _("The file has %(size)s; at most %(limit)s can be uploaded. Compress it, or use the watched folder.")
                % sizes
            )
        return upload

    def clean_business_date(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["business_date"]
        if day and day > timezone.localdate():
            raise ValidationError(_("This day has not come yet. A file is about today or earlier."))
        return day
