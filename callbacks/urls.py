"""Addresses of the callbacks, room by room, all named `callbacks:…`."""

from django.urls import include, path

from callbacks.desk.call_urls import urlpatterns as call
from callbacks.desk.plans.urls import urlpatterns as plans
from callbacks.desk.queue_urls import urlpatterns as queue
from callbacks.enquiries.urls import urlpatterns as enquiries
from callbacks.recordings.urls import urlpatterns as recordings
from callbacks.scripts.urls import urlpatterns as scripts

urlpatterns = [path("", include(([*call, *queue, *enquiries, *plans, *recordings, *scripts], "callbacks")))]
