from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = "Complaints"

    def ready(self) -> None:
        """Register the complaints feed with the engine in `clients.feeds`."""
        from complaints.intake import feed  # noqa: F401
