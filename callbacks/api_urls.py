"""Addresses of the callbacks' API."""

from django.urls import URLPattern, path

from callbacks.enquiries import api as enquiries

urlpatterns: list[URLPattern] = [
    path("enquiries/", enquiries.EnquiriesView.as_view(), name="enquiries"),
    path("enquiries/<str:number>/close/", enquiries.EnquiryCloseView.as_view(), name="enquiry-close"),
]
