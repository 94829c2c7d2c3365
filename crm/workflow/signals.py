"""After every migration the database knows the steps that the code declares."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from crm.workflow.engine import all_workflows
from crm.workflow.models import Edge


@receiver(post_migrate)
def lay_edges(sender: Any, **kwargs: Any) -> None:
    """Once, after the last app: every declared step is there, others are gone."""
    last = [config.label for config in apps.get_app_configs() if config.models_module][-1]
    if sender.label == last:
        sync_edges()


def sync_edges() -> None:
    """Make `crm_edge` equal to the tables in the code."""
    wanted = {(known.name, *edge) for known in all_workflows() for edge in known.edges()}
    stored = {(e.workflow, e.verb, e.old_state, e.new_state): e.pk for e in Edge.objects.all()}
    Edge.objects.filter(pk__in=[pk for key, pk in stored.items() if key not in wanted]).delete()
    Edge.objects.bulk_create(
        [Edge(workflow=w, verb=v, old_state=o, new_state=n) for w, v, o, n in sorted(wanted - stored.keys())],
        ignore_conflicts=True,
    )
