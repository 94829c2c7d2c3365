from django.urls import URLPattern, path

from callbacks.recordings import take_views, views
from callbacks.recordings.telephony import views as telephony

urlpatterns: list[URLPattern] = [
    path("calls/<int:pk>/recordings/", views.call_recordings, name="call-recordings"),
    path("enquiries/<int:pk>/recordings/", views.enquiry_recordings, name="enquiry-recordings"),
    path("recordings/", views.recordings, name="recordings"),
    path("recordings/takes/", take_views.begin, name="take-begin"),
    path("recordings/takes/<uuid:key>/", take_views.append, name="take-append"),
    path("recordings/takes/<uuid:key>/close/", take_views.close, name="take-close"),
    path("recordings/<int:pk>/", views.recording, name="recording"),
    path("recordings/<int:pk>/play/", views.play, name="recording-play"),
    path("recordings/<int:pk>/sound/", views.sound, name="recording-sound"),
    path("recordings/<int:pk>/peaks/", views.keep_peaks, name="recording-peaks"),
    path("recordings/<int:pk>/marks/", views.add_mark, name="recording-mark"),
    path("recordings/<int:pk>/marks/<int:mark>/remove/", views.remove_mark, name="recording-mark-remove"),
    path("recordings/<int:pk>/join/", views.join, name="recording-join"),
    path("telephony/events/", telephony.events, name="telephony-events"),
    path("telephony/recordings/<str:ref>/", telephony.recording, name="telephony-recording"),
]
