from django.urls import URLPattern, path

from clients.segmentation.views import composition, migration, policies, proposal, runs, trials

urlpatterns: list[URLPattern] = [
    path("segmentation/", composition.composition, name="segmentation"),
    path("segmentation/migration/", migration.migration, name="migration"),
    path(
        "segmentation/migration/<slug:first>/<slug:last>/<slug:axis>/<slug:old>/<slug:new>/",
        migration.cell,
        name="migration-cell",
    ),
    path("segmentation/alerts/", migration.alerts, name="alerts"),
    path("segmentation/runs/", runs.runs, name="runs"),
    path("segmentation/runs/new/", runs.new, name="run-new"),
    path("segmentation/runs/<int:pk>/", runs.run, name="run"),
    path("segmentation/policies/", policies.policies, name="policies"),
    path("segmentation/policies/new/", proposal.new, name="policy-new"),
    path("segmentation/policies/<int:version>/", policies.policy, name="policy"),
    path("segmentation/policies/<int:version>/decide/", policies.decide, name="policy-decide"),
    path("segmentation/policies/<int:version>/trial/", trials.start, name="policy-trial"),
    path("segmentation/policies/trials/<int:pk>/", trials.trial, name="trial"),
    path("segmentation/policies/trials/<int:pk>/panel/", trials.panel, name="trial-panel"),
    path(
        "segmentation/policies/trials/<int:pk>/entering/<slug:group>/<int:branch>/",
        trials.entering,
        name="trial-entering",
    ),
    path("segmentation/policies/trials/<int:pk>/<slug:axis>/<slug:old>/<slug:new>/", trials.cell, name="trial-cell"),
]
