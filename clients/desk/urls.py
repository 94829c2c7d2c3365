"""The pages that draw on all rooms: home, client list, client page."""

from django.urls import URLPattern, path

from clients.desk.views import (
    actions,
    bulk,
    client,
    contact_figures,
    home,
    listing,
    look_up,
    message,
    promises,
    reveal,
    wishes,
)

home_urls: list[URLPattern] = [path("", home.home, name="home")]
urlpatterns: list[URLPattern] = [
    path("overnight/", home.overnight, name="overnight"),
    path("promises/", promises.promises, name="promises"),
    path("promises/<int:pk>/", promises.promise, name="promise"),
    path("promises/<int:pk>/end/", promises.end, name="promise-end"),
    path("promises/<int:pk>/hand/", promises.hand, name="promise-hand"),
    path("enquiries/", look_up.look_up, name="look-up"),
    path("enquiries/new/", look_up.enquiry, name="enquiry-new"),
    path("contacts/figures/", contact_figures.contact_figures, name="contact-figures"),
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
    path("clients/<str:client_no>/wishes/", wishes.wishes, name="wishes"),
    path("clients/<str:client_no>/phones/", wishes.add, name="phones"),
    path("clients/<str:client_no>/phones/<int:pk>/remove/", wishes.remove, name="phone-remove"),
    path("clients/<str:client_no>/phones/<int:pk>/reveal/", reveal.reveal_phone, name="phone-reveal"),
    path("clients/<str:client_no>/phones/<int:pk>/hidden/", reveal.hidden_phone, name="phone-hidden"),
    path("clients/<str:client_no>/contacts/new/", actions.contact, name="contact-new"),
    path("clients/<str:client_no>/promises/new/", actions.promise, name="promise-new"),
    path("clients/<str:client_no>/notes/new/", actions.note, name="note-new"),
    path("clients/<str:client_no>/message/", message.message, name="message"),
    path("clients/<str:client_no>/hidden/<slug:field>/", reveal.hidden, name="hidden"),
]
