from django.urls import URLPattern, path

from clients.feeds import outgoing_views, views

urlpatterns: list[URLPattern] = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.upload, name="import-new"),
    path("imports/<int:pk>/", views.batch, name="import"),
    path("imports/<int:pk>/preview/", views.preview, name="import-preview"),
    path("imports/<int:pk>/progress/", views.progress, name="import-progress"),
    path("imports/<int:pk>/confirm/", views.confirm, name="import-confirm"),
    path("imports/<int:pk>/discard/", views.discard, name="import-discard"),
    path("imports/<int:pk>/errors/", views.errors, name="import-errors"),
    path("outgoing/", outgoing_views.outgoing, name="outgoing"),
    path("outgoing/send/", outgoing_views.send, name="outgoing-send"),
    path("outgoing/<int:pk>/", outgoing_views.download, name="outgoing-file"),
]
