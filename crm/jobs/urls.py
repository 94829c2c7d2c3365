from django.urls import path

from crm.jobs import views

urlpatterns = [
    path("", views.jobs, name="list"),
    path("<int:pk>/", views.job, name="detail"),
    path("<int:pk>/state/", views.state, name="state"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/retry/", views.retry, name="retry"),
]
