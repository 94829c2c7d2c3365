from django.urls import URLPattern, path

from crm.parameters import views

urlpatterns: list[URLPattern] = [
    path("", views.parameters, name="list"),
    path("<str:key>/", views.parameter, name="detail"),
]
