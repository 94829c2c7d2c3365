from django.urls import include, path

from tests.bench.floor_list import floor_list

urlpatterns = [path("floor/clients/", floor_list, name="floor-list"), path("", include("crm.urls"))]
