"""The admin: reference tables for whoever holds `crm.use_admin`. Nothing about clients is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from crm.access.guards import check, to_sign_in
from crm.audit.selectors import Change, history_of
from crm.organisation.models import User
from crm.reference import ReferenceAdmin

# Signing in and out and passwords have pages of their own; the others lead to tables that are not here.
NOT_SERVED = {"login", "logout", "password_change", "password_change_done", "view_on_site"}
PERMISSION = "crm.use_admin"


class ReferenceAdminSite(admin.AdminSite):
    """Takes only admins built on `ReferenceAdmin`: the tables of libraries, and clients, stay out."""

    site_header = _("Reference tables")
    site_title = _("Reference tables")
    index_title = _("Reference tables")
    enable_nav_sidebar = True

    def register(
        self, model_or_iterable: Any, admin_class: type[admin.ModelAdmin[Any]] | None = None, **options: Any
    ) -> None:
        """Libraries offer their tables to the default site by themselves; they are left aside."""
        if admin_class is not None and issubclass(admin_class, ReferenceAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def unregister(self, model_or_iterable: type[Model] | Iterable[type[Model]]) -> None:
        """Libraries that replace each other's tables here replace what was never taken."""
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        super().unregister([model for model in models if self.is_registered(model)])

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.has_perm(PERMISSION)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Strangers go to the sign-in, others without the permission are told why not."""
        served: Callable[..., HttpResponse] = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not isinstance(request.user, User):
                return to_sign_in(request)
            check(request.user, PERMISSION)
            return served(request, *args, **kwargs)

        return update_wrapper(guarded, served)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in NOT_SERVED]

    @staticmethod
    def history_of(thing: Model) -> list[Change]:
        """What the history page shows."""
        return history_of(thing)
