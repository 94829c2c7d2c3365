from django.urls import URLPattern, URLResolver, include, path

from crm.drafts.urls import urlpatterns as drafts
from crm.exports.urls import urlpatterns as exports
from crm.jobs.urls import urlpatterns as jobs
from crm.messaging.urls import urlpatterns as messaging
from crm.parameters.urls import urlpatterns as parameters
from crm.web import health, views
from crm.web.help import views as help_views
from crm.web.lists.urls import urlpatterns as lists
from crm.web.search.views import search

urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", search, name="search"),
    path("help/", help_views.help_page, name="help"),
    path("help/steps/away/", help_views.put_away, name="help-steps-away"),
    path("help/steps/again/", help_views.show_again, name="help-steps-again"),
    path("language/", views.set_language, name="set_language"),
    path("jobs/", include((jobs, "jobs"))),
    path("", include((messaging, "messaging"))),
    path("drafts/", include((drafts, "drafts"))),
    path("exports/", include((exports, "exports"))),
    path("lists/", include((lists, "lists"))),
    path("parameters/", include((parameters, "parameters"))),
    path("health/", health.ready, name="health"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", health.metrics, name="metrics"),
]
