from django.urls import path

from crm.drafts import views

urlpatterns = [
    path("<slug:kind>/<str:key>/", views.keep, name="keep"),
    path("<slug:kind>/<str:key>/discard/", views.discard, name="discard"),
]
