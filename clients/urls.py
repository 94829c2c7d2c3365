"""Addresses of the client data centre, room by room. All but the home page are named `clients:…`."""

from django.urls import include, path

from clients.care.urls import urlpatterns as care
from clients.corrections.urls import urlpatterns as corrections
from clients.desk.urls import home_urls
from clients.desk.urls import urlpatterns as desk
from clients.feeds.urls import urlpatterns as feeds
from clients.lists.urls import urlpatterns as lists
from clients.oversight.urls import urlpatterns as oversight
from clients.segmentation.urls import urlpatterns as segmentation

urlpatterns = [
    path("", include(home_urls)),
    path("", include(([*desk, *corrections, *care, *feeds, *segmentation, *lists, *oversight], "clients"))),
]
