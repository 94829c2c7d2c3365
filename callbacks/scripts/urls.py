from django.urls import URLPattern, path

from callbacks.scripts.views import editing, reading, trying, writing

urlpatterns: list[URLPattern] = [
    path("scripts/", reading.listing, name="scripts"),
    path("scripts/new/", writing.new, name="script-new"),
    path("scripts/import/", writing.take_in, name="script-import"),
    path("scripts/<slug:code>/", reading.script, name="script"),
    path("scripts/<slug:code>/describe/", writing.describe, name="script-describe"),
    path("scripts/<slug:code>/draft/", writing.draft, name="script-draft"),
    path("scripts/<slug:code>/compare/", reading.compare, name="script-compare"),
    path("scripts/<slug:code>/<int:number>/", reading.version, name="script-version"),
    path("scripts/<slug:code>/<int:number>/as/<slug:form>/", reading.as_file, name="script-file"),
    path("scripts/<slug:code>/<int:number>/publish/", writing.publish, name="script-publish"),
    path("scripts/<slug:code>/<int:number>/retire/", writing.retire, name="script-retire"),
    path("scripts/<slug:code>/<int:number>/discard/", writing.discard, name="script-discard"),
    path("scripts/<slug:code>/<int:number>/edit/", editing.edit, name="script-edit"),
    path("scripts/<slug:code>/<int:number>/save/", editing.save, name="script-save"),
    path("scripts/<slug:code>/<int:number>/try/", trying.trial, name="script-try"),
]
