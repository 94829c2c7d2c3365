"""The pages that draw on all rooms: home, client list, client page."""

from django.urls import URLPattern, path

from clients.desk.views import bulk, client, home, listing, reveal

home_urls: list[URLPattern] = [path("", home.home, name="home")]
urlpatterns: list[URLPattern] = [
    path("overnight/", home.overnight, name="overnight"),
    path("bulk/", bulk.actions, name="bulk-actions"),
    path("bulk/new/", bulk.ask, name="bulk-ask"),
    path("bulk/<int:pk>/", bulk.result, name="bulk"),
    path("bulk/<int:pk>/undo/", bulk.undo, name="bulk-undo"),
    path("clients/", listing.clients, name="list"),
    path("clients/<str:client_no>/", client.detail, name="detail"),
    path("clients/<str:client_no>/ledger/", client.ledger, name="ledger"),
    path("clients/<str:client_no>/trades/", client.facts_of, {"kind": "trades"}, name="trades"),
    path("clients/<str:client_no>/flows/", client.facts_of, {"kind": "flows"}, name="flows"),
    path("clients/<str:client_no>/contacts/", client.facts_of, {"kind": "contacts"}, name="contacts"),
    path("clients/<str:client_no>/why/", client.why, name="why"),
    path("clients/<str:client_no>/history/", client.history, name="history"),
    path("clients/<str:client_no>/profile/", client.profile, name="profile"),
    path("clients/<str:client_no>/reveal/", reveal.reveal, name="reveal"),
    path("clients/<str:client_no>/hidden/<slug:field>/", reveal.hidden, name="hidden"),
]
