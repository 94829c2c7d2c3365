"""What every address of the API has in common: who asks, may he, pages, errors."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from crm.access.bearer import BearerAuthentication
from crm.access.guards import refusal
from crm.organisation.models import User

MOST_ROWS = 200


class Holds(BasePermission):
    """The view's `permission`, by name; the refusal says in words what it is and who holds it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.user, User):
            return False
        needed: str = getattr(view, "permission", "")
        if needed and not request.user.has_perm(needed):
            raise PermissionDenied(refusal(needed))
        return True


class Api(APIView):
    """Base of all views of the API. Programs sign in with tokens; there are no sessions here, hence no CSRF.

    The pages' middleware lets strangers through to them (the framework says so to it): the view itself refuses.
    """

    authentication_classes = [BearerAuthentication]
    permission_classes = [Holds]
    permission: ClassVar[str] = ""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """A program says its language in the request, having neither cookie nor page."""
        with translation.override(translation.get_language_from_request(request)):
            return super().dispatch(request, *args, **kwargs)

    @property
    def person(self) -> User:
        """Whom the token acts for."""
        assert isinstance(self.request.user, User)
        return self.request.user


def size_of(request: Request, usual: int) -> int:
    """How many rows a page shall have: `limit`, 1 to 200. Raises ValidationError, in words, for anything else."""
    given = request.query_params.get("limit")
    if given is None:
        return usual
    sound = given.isascii() and given.isdecimal() and len(given) <= len(str(MOST_ROWS))
    if not sound or not 1 <= int(given) <= MOST_ROWS:
        raise ValidationError({"limit": [_("Between 1 and %(most)s rows a page.") % {"most": MOST_ROWS}]})
    return int(given)


def page_address(request: Request, url: str, usual: int) -> str | None:
    """The whole address of another page of a list, with the `limit` that was asked for; None where there is none."""
    if not url:
        return None
    limit = request.query_params.get("limit")
    more = f"{'&' if '?' in url else '?'}limit={size_of(request, usual)}" if limit else ""
    return str(request.build_absolute_uri(url + more))


def number_of(text: str) -> int:
    """A row's number as the address has it. Raises NotFound for what cannot be one."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise NotFound
    return int(text)
