from django.utils.deprecation import MiddlewareMixin


class SignedInMiddleware(MiddlewareMixin):
    """Idle lock, leavers, and one-time codes for headquarters roles."""
