from django.urls import URLPattern, path

from crm.web.api import jobs, schema, search

urlpatterns: list[URLPattern] = [
    path("jobs/<str:pk>/", jobs.JobView.as_view(), name="job"),
    path("search/", search.SearchView.as_view(), name="search"),
    path("schema/", schema.SchemaView.as_view(), name="schema"),
    path("docs/", schema.DocsView.as_view(url_name="api:schema"), name="docs"),
]
