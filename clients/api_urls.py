"""Addresses of the client data centre's API."""

from django.urls import URLPattern, path

from clients.desk import api as desk
from clients.feeds import api as feeds
from clients.segmentation import api as segmentation

urlpatterns: list[URLPattern] = [
    path("clients/", desk.ClientsView.as_view(), name="clients"),
    path("clients/<str:client_no>/", desk.ClientView.as_view(), name="client"),
    path("clients/<str:client_no>/timeline/", desk.TimelineView.as_view(), name="client-timeline"),
    path("clients/<str:client_no>/segments/", desk.ChangesView.as_view(), name="client-segments"),
    path("segments/composition/", segmentation.CompositionView.as_view(), name="composition"),
    path("feeds/", feeds.FeedsView.as_view(), name="feeds"),
    path("feeds/<str:pk>/", feeds.BatchView.as_view(), name="feed"),
]
