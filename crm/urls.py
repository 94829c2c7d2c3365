"""The one place that joins the apps' addresses."""

from django.contrib import admin
from django.urls import include, path

from clients.api_urls import urlpatterns as clients_api
from crm.web.api.urls import urlpatterns as kernel_api

handler400 = "crm.web.errors.bad_request"
handler403 = "crm.web.errors.permission_denied"
handler404 = "crm.web.errors.page_not_found"
handler429 = "crm.web.errors.too_many"  # allauth's limits ask for this one
handler500 = "crm.web.errors.server_error"

urlpatterns = [
    path("", include("clients.urls")),
    path("", include("crm.web.urls")),
    path("account/", include("crm.access.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(([*clients_api, *kernel_api], "api"))),
]
