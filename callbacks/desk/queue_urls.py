"""The pages by which people see and steer the queue."""

from django.urls import URLPattern, path

from callbacks.desk.views import bulk, calls, concerns, front, panels, supervise

urlpatterns: list[URLPattern] = [
    path("calls/", calls.open_ones, name="calls"),
    path("calls/finished/", calls.ended_ones, name="ended"),
    path("calls/bulk/", bulk.ask, name="bulk-ask"),
    path("calls/bulk/<int:pk>/", bulk.result, name="bulk"),
    path("calls/queue/", front.queue, name="queue"),
    path("calls/next/", front.next_one, name="next"),
    path("calls/offers/<int:pk>/accept/", front.accept, name="offer-accept"),
    path("calls/offers/<int:pk>/decline/", front.decline, name="offer-decline"),
    path("calls/offers/<int:pk>/take-back/", front.take_back, name="offer-take-back"),
    path("calls/board/", supervise.board, name="board"),
    path("calls/board/live/", supervise.live, name="board-live"),
    path("calls/capacity/", supervise.capacity, name="capacity"),
    path("calls/skills/", supervise.skills, name="skills"),
    path("calls/skills/<str:staff_no>/", supervise.skills_of, name="skills-of"),
    path("calls/home/", panels.at_home, name="home-panel"),
    path("calls/concerns/", concerns.concerns, name="concerns"),
    path("calls/concerns/<int:pk>/", concerns.concern, name="concern"),
    path("calls/concerns/<int:pk>/acknowledge/", concerns.acknowledge, name="concern-acknowledge"),
    path("clients/<str:client_no>/calls/", panels.of_one_client, name="client-panel"),
]
