import django.middleware.locale


class LocaleMiddleware(django.middleware.locale.LocaleMiddleware):
    """Chinese first."""
