"""Addresses of the call screen."""

from django.urls import URLPattern, path

from callbacks.desk.views import call, call_work, call_writing

CALL = "calls/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path(CALL, call.call, name="call"),
    path(f"{CALL}status/", call.status, name="call-status"),
    path(f"{CALL}heartbeat/", call.heartbeat, name="call-heartbeat"),
    path(f"{CALL}answer/", call_writing.answer, name="call-answer"),
    path(f"{CALL}note/", call_writing.note, name="call-note"),
    path(f"{CALL}finding/", call_writing.finding, name="call-finding"),
    path(f"{CALL}try/", call_work.begin, name="call-try"),
    *(
        path(f"{CALL}line/{verb}/", call_work.line, {"verb": verb}, name=f"call-line-{verb}")
        for verb in ("answered", "hold", "resume", "end")
    ),
    *(
        path(f"{CALL}line/{verb}/", call_work.bring_in, {"verb": verb}, name=f"call-line-{verb}")
        for verb in ("transfer", "conference")
    ),
    path(f"{CALL}identity/", call_work.identity, name="call-identity"),
    path(f"{CALL}complaint/", call_work.complaint, name="call-complaint"),
    path(f"{CALL}profile/", call_work.profile, name="call-profile"),
    path(f"{CALL}correction/", call_work.correction, name="call-correction"),
    path(f"{CALL}finish/", call_work.end, name="call-finish"),
    path(f"{CALL}skip/", call_work.skip, name="call-skip"),
    path(f"{CALL}release/", call_work.release, name="call-release"),
    path(f"{CALL}hand-over/", call_work.hand_over, name="call-hand-over"),
    path(f"{CALL}keep/", call_work.keep, name="call-keep"),
    path(f"{CALL}take/", call_work.take, name="call-take"),
]
