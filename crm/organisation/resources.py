"""Units from a file."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import fields, widgets

from crm.organisation import policies, services
from crm.organisation.choices import UnitKind
from crm.organisation.models import Unit
from crm.reference import ReferenceResource, yes_or_no


class ParentWidget(widgets.ForeignKeyWidget):  # type: ignore[misc]
    """The code of the unit above; it may stand further up in the same file."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Unit | None:
        code = str(value or "").strip()
        if not code:
            return None
        try:
            return Unit.objects.get(code=code)
        except Unit.DoesNotExist as error:
            raise ValueError(_("There is no unit with the code “%(code)s”.") % {"code": code}) from error


class KindWidget(widgets.Widget):  # type: ignore[misc]
    """headquarters, department, region or branch; or the word for it."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        word = str(value or "").strip()
        by_label = {str(label): kind for kind, label in UnitKind.choices}
        return by_label.get(word, word)


class OpenWidget(widgets.Widget):  # type: ignore[misc]
    """Whether the unit is open; an empty cell says yes."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        return yes_or_no(value) is not False

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(int(bool(value)))


class UnitResource(ReferenceResource):
    """Columns: code, name, kind; parent (its code), province, city, phone, email, is_active may be left out."""

    kind = fields.Field("kind", "kind", widget=KindWidget())
    parent = fields.Field("parent", "parent", widget=ParentWidget(Unit, "code"))
    is_active = fields.Field("is_active", "is_active", widget=OpenWidget())

    class Meta:
        model = Unit
        fields = ("code", "name", "kind", "parent", "province", "city", "phone", "email", "is_active")
        import_id_fields = ("code",)
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True

    def validate_instance(
        self, instance: Unit, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        errors = dict(import_validation_errors or {})
        try:
            policies.check_no_circle(instance)
        except ValidationError as refusal:
            errors = refusal.update_error_dict(errors)
        super().validate_instance(instance, errors, validate_unique)

    def do_instance_save(self, instance: Unit, is_create: bool) -> None:
        services.save_unit(by=self.by, unit=instance)
