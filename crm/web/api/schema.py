"""The description of the API (OpenAPI) and its viewer, served by ourselves."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How programs sign in, as the description says it."""

    target_class = "crm.access.bearer.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API token, issued by an administrator."}


class ForStaff:
    """Pages about the API are pages: the middleware keeps strangers out, as everywhere."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)  # type: ignore[misc]
        view.login_required = True
        return view


class SchemaView(ForStaff, SpectacularAPIView):
    """The description, for whoever is signed in to the pages."""

    authentication_classes = []
    permission_classes = [AllowAny]


@method_decorator(csp_update({"style-src": ["'unsafe-inline'"]}), name="dispatch")
class DocsView(ForStaff, SpectacularSwaggerSplitView):
    """The viewer; its widgets write styles of their own, which the rest of the product does without."""

    authentication_classes = []
    permission_classes = [AllowAny]
