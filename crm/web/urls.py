from django.urls import URLPattern, URLResolver, include, path

from crm.jobs.urls import urlpatterns as jobs
from crm.web import health, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", views.set_language, name="set_language"),
    path("jobs/", include((jobs, "jobs"))),
    path("health/", health.ready, name="health"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", health.metrics, name="metrics"),
]
