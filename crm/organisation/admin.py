"""Units and staff in the admin, for whoever holds `crm.manage_staff`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.organisation import services
from crm.organisation.forms import LeaverForm, PasswordForm, PersonForm, UnitForm
from crm.organisation.models import Unit, User
from crm.organisation.resources import UnitResource
from crm.reference import ImportingAdmin, ReferenceAdmin, user_of


@admin.register(Unit)
class UnitAdmin(ImportingAdmin):
    """Units are closed, never deleted."""

    permission = "crm.manage_staff"
    resource_classes = (UnitResource,)
    form = UnitForm
    list_display = ("code", "name", "kind", "parent", "city", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("parent",)
    search_fields = ("code", "name", "city")
    search_help_text = gettext_lazy("Code, name or city")
    autocomplete_fields = ("parent",)
    ordering = ("code",)

    def save_model(self, request: HttpRequest, obj: Unit, form: Any, change: bool) -> None:
        services.save_unit(by=user_of(request), unit=obj)


@admin.register(User)
class StaffAdmin(ReferenceAdmin):
    """Staff as the personnel feed or an administrator enters them; passwords and leavers have pages of their own."""

    permission = "crm.manage_staff"
    form = PersonForm
    fields = ("staff_no", "name", "phone", "email", "licence_no", "is_active", "left_on", "is_demo", "created_at")
    list_display = ("staff_no", "name", "licence_no", "is_active", "left_on")
    list_filter = ("is_active", "is_demo", ("left_on", admin.EmptyFieldListFilter))
    search_fields = ("staff_no", "name")
    search_help_text = gettext_lazy("Staff number or name")
    ordering = ("staff_no",)
    change_form_template = "admin/crm/user/change_form.html"

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Staff numbers stay for good: the history names people by them."""
        told = ("left_on", "is_demo", "created_at")
        return ("staff_no", *told) if obj else ("is_active", *told)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return self.fields if obj else self.fields[:5]

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = cast(Any, super().get_form(request, obj, change=change, **kwargs))
        form.by = user_of(request)  # the class was made for this request alone
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            services.change_person(by=user_of(request), person=obj)
            return
        given = {name: getattr(obj, name) for name in self.fields[:5]}
        obj.pk = services.create_person(by=user_of(request), **given).pk
        messages.info(request, _("Now give a password and an appointment: without them nobody can sign in."))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/password/", wrap(self.password_view), name="crm_user_password"),
            path("<int:pk>/leave/", wrap(self.leave_view), name="crm_user_leave"),
            *super().get_urls(),
        ]

    def password_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give a first or forgotten password."""

        def done(person: User, data: dict[str, Any]) -> str:
            services.set_password(by=user_of(request), person=person, password=data["password"])
            return _("The password of %(name)s is set.") % {"name": person.name}

        return self._ask(request, pk, PasswordForm, gettext_lazy("Set a password"), done)

    def leave_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Record that somebody leaves; says what he held."""

        def done(person: User, data: dict[str, Any]) -> str:
            held = services.record_leaver(
                by=user_of(request), person=person, left_on=data["left_on"], reason=data["reason"]
            )
            for holding in held:
                messages.warning(request, f"{holding.label}: {holding.count}")
            return _("%(name)s leaves on %(day)s.") % {"name": person.name, "day": f"{data['left_on']:%F}"}

        return self._ask(request, pk, LeaverForm, gettext_lazy("Record a leaver"), done)

    def _ask(
        self,
        request: HttpRequest,
        pk: int,
        form_class: Callable[..., forms.Form],
        title: Promise,
        done: Callable[[User, dict[str, Any]], str],
    ) -> HttpResponse:
        """A page with one form about one person; a refusal of the service stands in the form."""
        person = cast(User, self.row_or_404(request, str(pk)))
        form = form_class(request.POST or None, person=person)
        if request.method == "POST" and form.is_valid():
            try:
                return self.goes_back(request, person, done(person, form.cleaned_data))
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
        context = self.page_context(request, person, title=title, subtitle=str(person), form=form)
        return TemplateResponse(request, "admin/crm/user/ask.html", context)
