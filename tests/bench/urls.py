from django.urls import include, path

from tests.bench.floor_client import floor_client
from tests.bench.floor_list import floor_list
from tests.bench.floor_queue import floor_queue

urlpatterns = [
    path("floor/clients/", floor_list, name="floor-list"),
    path("floor/calls/", floor_queue, name="floor-queue"),
    path("floor/clients/<str:client_no>/", floor_client, name="floor-client"),
    path("", include("crm.urls")),
]
