"""Tables in the admin: who may open them, what they import, and whose history they show.

The site (`crm.web.admin_site`) takes nothing but admins built on `ReferenceAdmin`. What they write goes through the
services of their room; who wrote it stands in the history that triggers keep, so Django's own log stays empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, FieldError, PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV
from import_export.forms import ConfirmImportForm, ExportForm, ImportForm
from import_export.resources import ModelResource
from import_export.results import Result
from import_export.tmp_storages import CacheStorage
from tablib import Dataset

from crm.cells import as_text, from_text

if TYPE_CHECKING:
    from crm.organisation.models import User

    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin

MOST_ROWS = 10_000  # measured: import-export holds everything in memory; larger files are feeds
MOST_BYTES = 4 * 1024 * 1024


class ReferenceAdmin(_ModelAdmin):
    """One table, opened by one permission. Rows are ended or closed, never deleted."""

    permission = "crm.use_admin"
    list_per_page = 50
    show_full_result_count = False

    def _holds(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._holds(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._holds(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._holds(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._holds(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Nothing: the history keeps it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Nothing: the history keeps it."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What happened to one row, field by field, as the site knows it."""
        thing = self.row_or_404(request, object_id)
        context = self.page_context(
            request, thing, title=_("Change history: %s") % thing, changes=cast(Any, self.admin_site).history_of(thing)
        )
        return TemplateResponse(request, "admin/object_history.html", context)

    def row_or_404(self, request: HttpRequest, object_id: str) -> models.Model:
        """The row of an address, for whoever may change rows here."""
        if not self._holds(request):
            raise PermissionDenied
        found: models.Model | None = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def page_context(self, request: HttpRequest, thing: models.Model, **more: Any) -> dict[str, Any]:
        """What a page about one row shows beside its own: the frame of the admin and where we are."""
        return {**self.admin_site.each_context(request), "opts": self.opts, "original": thing, **more}

    def goes_back(self, request: HttpRequest, thing: models.Model, words: str) -> HttpResponse:
        """To the page of `thing`, saying what was done."""
        messages.success(request, words)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", thing.pk)


def user_of(request: HttpRequest) -> User:
    """The administrator who is asking; the site let nobody else in."""
    return cast("User", request.user)


class GoneUpload(Exception):
    """The file of a preview is no longer kept."""


class KeptUpload(CacheStorage):  # type: ignore[misc]
    """The file between preview and confirmation, where every web process finds it, for an hour."""

    CACHE_LIFETIME = 3600
    CACHE_PREFIX = "crm:admin-import-"

    def read(self) -> Any:
        data = super().read()
        if data is None:
            raise GoneUpload
        return data


class TextCsv(CSV):  # type: ignore[misc]
    """CSV whose cells are text; what is read is what was written."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> Any:
        return super().export_data(_each_cell(dataset, as_text), **kwargs)

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Dataset:
        return _each_cell(super().create_dataset(in_stream, **kwargs), from_text)


def _each_cell(dataset: Dataset, change: Callable[[str], str]) -> Dataset:
    rows = ([change("" if cell is None else str(cell)) for cell in row] for row in dataset)
    return Dataset(*rows, headers=dataset.headers)


class UploadForm(ImportForm):  # type: ignore[misc]
    def clean_import_file(self) -> Any:
        given = self.cleaned_data["import_file"]
        if given.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 4 MB. Large amounts of data come as feeds."))
        return given


class ConfirmForm(ConfirmImportForm):  # type: ignore[misc]
    """What the preview sends along: one format, one resource."""

    format = forms.ChoiceField(choices=[("0", "csv")], widget=forms.HiddenInput)
    resource = forms.ChoiceField(choices=[("0", "0")], required=False, widget=forms.HiddenInput)


class PlainDiff:
    """Cells of the preview without inline styles, which our content security policy forbids."""

    def __init__(self, resource: ModelResource, instance: models.Model, new: bool) -> None:
        self.before = [] if new else self._cells(resource, instance)
        self.after: list[str] = []

    def compare_with(self, resource: ModelResource, instance: models.Model) -> None:
        self.after = self._cells(resource, instance)

    def as_html(self) -> list[str]:
        """One cell a column: what it becomes, and beside it what it was where that differs."""
        before: Sequence[str] = self.before or self.after
        return [
            new if old == new else format_html("<del>{}</del> <ins>{}</ins>", old, new)
            for old, new in zip(before, self.after, strict=True)
        ]

    @staticmethod
    def _cells(resource: ModelResource, instance: models.Model) -> list[str]:
        return [str(field.export(instance)) for field in resource.get_import_fields()]


class ReferenceResource(ModelResource):  # type: ignore[misc]
    """Rows of a file for one reference table: all of them, or none. `by` is who confirms them."""

    by: User | None = None

    @classmethod
    def get_diff_class(cls) -> type[PlainDiff]:
        return PlainDiff

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Refuse what is too long, lacks a column, or names a row twice."""
        self.by = kwargs.get("user")
        if len(dataset) > MOST_ROWS:
            raise ValueError(_("More than %(most)s rows. Large amounts of data come as feeds.") % {"most": MOST_ROWS})
        dataset.headers = [str(header or "").strip() for header in dataset.headers or []]
        key = self.get_import_id_fields()[0]
        if key not in dataset.headers:
            raise ValueError(_("The first line must name the columns; “%(column)s” is missing.") % {"column": key})
        values = [str(value).strip() for value in dataset[key]]
        twice = sorted({value for value in values if values.count(value) > 1}) if len(set(values)) < len(values) else []
        if twice:
            raise ValueError(_("These stand in the file more than once: %(rows)s") % {"rows": ", ".join(twice[:10])})


class ImportingAdmin(ImportExportMixin, ReferenceAdmin):  # type: ignore[misc]
    """A table that is loaded from a file: upload, preview, confirmation; and saved as such a file."""

    formats = (TextCsv,)
    import_form_class = UploadForm
    confirm_form_class = ConfirmForm
    export_form_class = ExportForm
    tmp_storage_class = KeptUpload
    skip_admin_log = True

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self._holds(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self._holds(request)

    def get_import_formats(self) -> list[Any]:
        return list(self.formats)

    def get_export_formats(self) -> list[Any]:
        return list(self.formats)

    def get_export_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """What the list shows. Raises BadRequest where its address makes no sense."""
        try:
            shown: models.QuerySet[Any] = super().get_export_queryset(request)
        except (FieldError, ValidationError, IncorrectLookupParameters) as error:
            raise BadRequest(str(error)) from error
        return shown

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().get_import_data_kwargs(**kwargs)
        return given | {"rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: forms.Form, error: Exception) -> None:
        words = _("The file cannot be read. In a spreadsheet, save it as “CSV UTF-8”.")
        form.add_error("import_file", words)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            done: HttpResponse = super().process_import(request, **kwargs)
        except GoneUpload:
            return self._again(request, _("The preview is too old. Please choose the file once more."))
        return done

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            words = _("Nothing was imported: the table has changed since the preview. Please look at it once more.")
            return self._again(request, words)
        done: HttpResponse = super().process_result(result, request)
        return done

    def _again(self, request: HttpRequest, words: str) -> HttpResponse:
        messages.error(request, words)
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import"))


YES = {"1", "y", "yes", "true", "是"}
NO = {"0", "n", "no", "false", "否"}


def yes_or_no(value: Any) -> bool | None:
    """A cell as a clerk writes it; None for an empty one. Raises ValueError in words."""
    word = str("" if value is None else value).strip().lower()
    if word in YES or word in NO:
        return word in YES
    if word:
        raise ValueError(_("“%(value)s” is neither yes nor no (1/0, 是/否).") % {"value": value})
    return None
