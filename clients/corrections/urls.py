from django.urls import URLPattern, path

from clients.corrections import views

urlpatterns: list[URLPattern] = [
    path("corrections/", views.corrections, name="corrections"),
    path("corrections/<int:pk>/", views.correction, name="correction"),
    path("corrections/<int:pk>/decide/", views.decide, name="correction-decide"),
    path("corrections/<int:pk>/withdraw/", views.withdraw, name="correction-withdraw"),
    path("clients/<str:client_no>/correct/<slug:field>/", views.propose, name="correction-new"),
]
