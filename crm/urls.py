"""The one place that joins the apps' addresses."""

from django.contrib import admin
from django.urls import include, path

handler400 = "crm.web.errors.bad_request"
handler403 = "crm.web.errors.permission_denied"
handler404 = "crm.web.errors.page_not_found"
handler429 = "crm.web.errors.too_many"  # allauth's limits ask for this one
handler500 = "crm.web.errors.server_error"

# The rooms' addresses under one namespace; named, not imported, so that the kernel knows no app.
API = [
    path("", include("clients.api_urls")),
    path("", include("callbacks.api_urls")),
    path("", include("crm.web.api.urls")),
]

urlpatterns = [
    path("", include("clients.urls")),
    path("", include("callbacks.urls")),
    path("", include("crm.web.urls")),
    path("account/", include("crm.access.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include((API, "api"))),
]
