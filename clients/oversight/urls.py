from django.urls import URLPattern, path

from clients.oversight import views

urlpatterns: list[URLPattern] = [
    path("oversight/reads/", views.reads, name="reads"),
    path("oversight/unusual/", views.unusual, name="unusual"),
]
