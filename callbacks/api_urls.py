"""Addresses of the callbacks' API."""

from django.urls import URLPattern, path

from callbacks.desk.api import calls, handovers, recordings, taking, writing
from callbacks.enquiries import api as enquiries

urlpatterns: list[URLPattern] = [
    path("calls/", calls.CallsView.as_view(), name="calls"),
    path("calls/ended/", calls.EndedCallsView.as_view(), name="calls-ended"),
    path("calls/next/", taking.NextView.as_view(), name="call-next"),
    path("calls/<str:pk>/", calls.CallView.as_view(), name="call"),
    path("calls/<str:pk>/take/", taking.TakeView.as_view(), name="call-take"),
    path("calls/<str:pk>/skip/", taking.SkipView.as_view(), name="call-skip"),
    path("calls/<str:pk>/release/", taking.ReleaseView.as_view(), name="call-release"),
    path("calls/<str:pk>/answers/", writing.AnswersView.as_view(), name="call-answers"),
    path("calls/<str:pk>/note/", writing.NoteView.as_view(), name="call-note"),
    path("calls/<str:pk>/finding/", writing.FindingView.as_view(), name="call-finding"),
    path("calls/<str:pk>/attempts/", writing.AttemptsView.as_view(), name="call-attempts"),
    path("calls/<str:pk>/attempts/end/", writing.AttemptEndView.as_view(), name="call-attempt-end"),
    path("calls/<str:pk>/outcome/", writing.OutcomeView.as_view(), name="call-outcome"),
    path("calls/<str:pk>/handovers/", handovers.OfferView.as_view(), name="call-offer"),
    path("calls/<str:pk>/recordings/", recordings.RecordingsView.as_view(), name="call-recordings"),
    path("calls/<str:pk>/events/", recordings.EventsView.as_view(), name="call-events"),
    path("handovers/", handovers.HandOversView.as_view(), name="handovers"),
    path("handovers/<str:pk>/accept/", handovers.AcceptView.as_view(), name="handover-accept"),
    path("handovers/<str:pk>/decline/", handovers.DeclineView.as_view(), name="handover-decline"),
    path("recordings/<str:pk>/play/", recordings.PlayView.as_view(), name="recording-play"),
    path("recordings/<str:pk>/sound/", recordings.SoundView.as_view(), name="recording-sound"),
    path("enquiries/", enquiries.EnquiriesView.as_view(), name="enquiries"),
    path("enquiries/<str:number>/close/", enquiries.EnquiryCloseView.as_view(), name="enquiry-close"),
]
