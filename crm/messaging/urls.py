from django.urls import URLPattern, path

from crm.messaging import views

urlpatterns: list[URLPattern] = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_all, name="read-all"),
    path("notices/<int:pk>/open/", views.open_notice, name="notice"),
    path("messages/", views.outbox, name="outbox"),
    path("messages/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("messages/templates/", views.templates, name="templates"),
    path("messages/templates/new/", views.template, name="template-new"),
    path("messages/templates/<int:pk>/", views.template, name="template"),
]
