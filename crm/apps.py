from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from django.apps import AppConfig, apps
from django.conf import settings
from django.utils.translation import gettext_lazy as _

# Modules of a room that register something when they are imported: Celery tasks, runners of jobs, consumers of
# events, what a leaver must hand over, lists that may be taken out as files, what the search finds, forms with drafts,
# tables of steps, what the top bar counts, numbers that are set, parts of the demo firm.
REGISTERING = (
    "tasks", "runners", "consumers", "holdings", "exporters", "finders", "terms", "drafts", "workflow", "parameters",
    "counted", "parts",
)  # fmt: skip


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("Organisation and calendar")

    def ready(self) -> None:
        """Bind tasks to our Celery application, let the rooms register, and note what follows every migration."""
        from crm import celery  # noqa: F401  (shared_task needs the application of this process)
        from crm.access import signals  # noqa: F401
        from crm.workflow import signals as steps  # noqa: F401

        for config in apps.get_app_configs():
            if Path(config.path).parent == settings.BASE_DIR:
                register_rooms(config)


def register_rooms(config: AppConfig) -> None:
    """Import what the rooms of one app register; all models are loaded by now."""
    for room in iter_modules([config.path]):
        if room.ispkg:
            folder = Path(config.path) / room.name
            for name in REGISTERING:
                if (folder / f"{name}.py").exists():
                    import_module(f"{config.name}.{room.name}.{name}")
