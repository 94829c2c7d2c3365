from django.urls import URLPattern, path

from clients.care import views

urlpatterns: list[URLPattern] = [
    path("handovers/", views.handovers, name="handovers"),
    path("handovers/new/", views.new, name="handover-new"),
    path("handovers/<int:pk>/", views.handover, name="handover"),
    path("handovers/<int:pk>/take-back/", views.take_back, name="handover-back"),
]
