"""Appointments and stand-ins in the admin: who holds which role where, from when until when."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access.roles import ROLES
from crm.organisation import policies, services
from crm.organisation.models import Appointment, StandIn, User
from crm.reference import ReferenceAdmin, user_of


def role_choices() -> list[tuple[str, Any]]:
    return [("", "---------"), *((code, role.label) for code, role in ROLES.items())]


class AppointmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """`by` is the administrator who fills it in; the admin sets it."""

    by: User
    role = forms.ChoiceField(label=gettext_lazy("role"), choices=role_choices)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    class Meta:
        model = Appointment
        fields = ("user", "unit", "role", "starts_on", "ends_on")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            person = data.get("user") or self.instance.user
            wanted = {name: data[name] for name in ("unit", "role", "starts_on", "ends_on")}
            policies.check_appointment(Appointment(pk=self.instance.pk, user=person, **wanted), by=self.by)
        return data


class StandInForm(forms.ModelForm):  # type: ignore[type-arg]
    by: User

    class Meta:
        model = StandIn
        fields = ("absent", "deputy", "starts_on", "ends_on", "reason")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            policies.check_somebody_else(self.by, data["deputy"])
            policies.check_stand_in(data["absent"], data["deputy"], data["starts_on"], data["ends_on"])
        return data


class StaffRecordAdmin(ReferenceAdmin):
    """Records about a person that an administrator makes for somebody else."""

    permission = "crm.manage_staff"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = cast(Any, super().get_form(request, obj, change=change, **kwargs))
        form.by = user_of(request)  # the class was made for this request alone
        return form


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return role_choices()[1:]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        return queryset.filter(role=self.value()) if self.value() in ROLES else queryset


class HeldFilter(admin.SimpleListFilter):
    title = gettext_lazy("held")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("today", gettext_lazy("today"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Appointment]:
        held: QuerySet[Appointment] = queryset.held_on(timezone.localdate()) if self.value() else queryset
        return held


@admin.register(Appointment)
class AppointmentAdmin(StaffRecordAdmin):
    form = AppointmentForm
    list_display = ("user", "staff_no", "role_label", "unit", "starts_on", "ends_on")
    list_filter = (HeldFilter, RoleFilter)
    list_select_related = ("user", "unit")
    search_fields = ("user__staff_no", "user__name", "unit__name", "unit__code")
    search_help_text = gettext_lazy("Person or unit")
    autocomplete_fields = ("user", "unit")
    ordering = ("-starts_on", "-id")
    actions = ("end_today",)

    def get_readonly_fields(self, request: HttpRequest, obj: Appointment | None = None) -> tuple[str, ...]:
        return ("user",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Appointment, form: Any, change: bool) -> None:
        by, reason = user_of(request), form.cleaned_data["reason"]
        if change:
            services.change_appointment(by=by, appointment=obj, reason=reason)
            return
        obj.pk = services.appoint(
            by=by,
            person=obj.user,
            unit=obj.unit,
            role=obj.role,
            starts_on=obj.starts_on,
            ends_on=obj.ends_on,
            reason=reason,
        ).pk

    @admin.display(description=gettext_lazy("staff number"), ordering="user__staff_no")
    def staff_no(self, appointment: Appointment) -> str:
        return appointment.user.staff_no

    @admin.display(description=gettext_lazy("role"), ordering="role")
    def role_label(self, appointment: Appointment) -> str | Promise:
        return ROLES[appointment.role].label if appointment.role in ROLES else appointment.role

    @admin.action(description=gettext_lazy("End: today is the last day"), permissions=["change"])
    def end_today(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        ended = 0
        for appointment in queryset.select_related("user"):
            try:
                services.end_appointment(
                    by=user_of(request), appointment=appointment, ends_on=timezone.localdate(), reason=_("ended")
                )
                ended += 1
            except ValidationError as refusal:
                messages.error(request, f"{appointment.user.name}: {' '.join(refusal.messages)}")
        messages.success(request, _("%(number)s ended.") % {"number": ended})


@admin.register(StandIn)
class StandInAdmin(StaffRecordAdmin):
    form = StandInForm
    list_display = ("absent", "deputy", "starts_on", "ends_on", "reason")
    list_select_related = ("absent", "deputy")
    search_fields = ("absent__staff_no", "absent__name", "deputy__staff_no", "deputy__name")
    search_help_text = gettext_lazy("Staff number or name")
    autocomplete_fields = ("absent", "deputy")
    ordering = ("-starts_on", "-id")
    actions = ("back_today",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A stand-in is recorded and ended; what is on record is not rewritten."""
        return obj is None and super().has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: StandIn, form: Any, change: bool) -> None:
        given = {name: getattr(obj, name) for name in ("absent", "deputy", "starts_on", "ends_on", "reason")}
        obj.pk = services.record_stand_in(by=user_of(request), **given).pk

    @admin.action(description=gettext_lazy("The colleague is back: today is the last day"), permissions=["change"])
    def back_today(self, request: HttpRequest, queryset: QuerySet[StandIn]) -> None:
        ended = 0
        for stand_in in queryset:
            try:
                services.end_stand_in(by=user_of(request), stand_in=stand_in)
                ended += 1
            except ValidationError as refusal:
                messages.error(request, f"{stand_in.deputy}: {' '.join(refusal.messages)}")
        messages.success(request, _("%(number)s ended.") % {"number": ended})
