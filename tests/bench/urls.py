from django.urls import include, path

from tests.bench.floor_client import floor_client
from tests.bench.floor_list import floor_list

urlpatterns = [
    path("floor/clients/", floor_list, name="floor-list"),
    path("floor/clients/<str:client_no>/", floor_client, name="floor-client"),
    path("", include("crm.urls")),
]
