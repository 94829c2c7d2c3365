from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "Kernel"

    def ready(self) -> None:
        """Bind tasks to our Celery application, and what must follow every migration."""
        from crm import celery  # noqa: F401  (shared_task needs the application of this process)
        from crm.access import signals  # noqa: F401
        from crm.events import consumers  # noqa: F401
