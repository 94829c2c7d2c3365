from django.urls import URLPattern, path

from callbacks.enquiries.views import listing, one, taking

urlpatterns: list[URLPattern] = [
    path("inbound/", listing.enquiries, name="enquiries"),
    path("inbound/line/", listing.line, name="enquiry-line"),
    path("inbound/home/", listing.home_panel, name="enquiry-home-panel"),
    path("inbound/next/", taking.next_enquiry, name="enquiry-next"),
    path("inbound/new/", taking.new, name="enquiry-new"),
    path("inbound/new/caller/", taking.caller, name="enquiry-caller"),
    path("inbound/offers/", listing.offers, name="enquiry-offers"),
    path("inbound/offers/<int:pk>/", one.answer_offer, name="enquiry-offer"),
    path("inbound/<str:number>/", one.enquiry, name="enquiry"),
    path("inbound/<str:number>/join/", one.join, name="enquiry-join"),
    path("inbound/<str:number>/hand/", one.hand, name="enquiry-hand"),
    path("inbound/<str:number>/reassign/", one.reassign, name="enquiry-reassign"),
]
