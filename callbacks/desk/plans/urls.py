"""Addresses of plans."""

from django.urls import URLPattern, path

from callbacks.desk.plans import reason_views, trial_views, views

urlpatterns: list[URLPattern] = [
    path("plans/", views.plans, name="plans"),
    path("plans/new/", views.new, name="plan-new"),
    path("plans/listed/", reason_views.listed, name="listed"),
    path("plans/listed/call/", reason_views.call_listed, name="listed-call"),
    path("plans/listed/settle/", reason_views.settle_listed, name="listed-settle"),
    path("plans/assign/", trial_views.assign, name="plan-assign"),
    path("plans/trials/<int:pk>/", trial_views.trial, name="plan-trial"),
    path("plans/trials/<int:pk>/panel/", trial_views.panel, name="plan-trial-panel"),
    path("plans/makings/<int:pk>/", reason_views.making, name="making"),
    path("plans/<slug:code>/", views.plan, name="plan"),
    path("plans/<slug:code>/edit/", views.edit, name="plan-edit"),
    path("plans/<slug:code>/pause/", views.pause, name="plan-pause"),
    path("plans/<slug:code>/resume/", views.resume, name="plan-resume"),
    path("plans/<slug:code>/trial/", trial_views.start, name="plan-try"),
]
