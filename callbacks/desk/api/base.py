"""What the addresses of the calls' API have in common: the call in scope, and how a refusal is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as Refused
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, ValidationError

from callbacks.calls.models import Call
from callbacks.calls.outcomes import Incomplete
from callbacks.desk.call_page import RELATED
from crm.audit.services import acting
from crm.web.api.base import Api, number_of

T = TypeVar("T")
S = TypeVar("S", bound=serializers.Serializer[Any])
MOST_REVISIONS = 2**31 - 1
TOO_LATE = "state"  # the code of a step that the workflow refuses because the state has moved on


class Conflict(APIException):
    """Somebody was faster: what was sent does not fit what is stored now."""

    status_code = status.HTTP_409_CONFLICT


class CallApi(Api):
    """An address about calls. 403 and 404 come from the services' and scope's refusals, in words."""

    permission = "callbacks.view_calls"

    def call(self, pk: str) -> Call:
        """The call in the person's scope, with what its page needs. Raises NotFound."""
        found = Call.objects.visible_to(self.person).select_related(*RELATED).filter(pk=number_of(pk)).first()
        if found is None:
            raise NotFound(_("There is no such call."))
        return found

    def sent(self, shape: type[S]) -> S:
        """What was sent, checked. Raises ValidationError by field."""
        given = shape(data=self.request.data)
        given.is_valid(raise_exception=True)
        return given

    def done(self, act: Callable[[], T]) -> T:
        """What `act` returns; all it writes is put down to the person and the token's name.

        Raises ValidationError (400) with what the service says is wrong, Conflict (409) for a step that came too late.
        """
        try:
            with acting(by=self.person, token=getattr(self.request.auth, "name", "")):
                return act()
        except Incomplete as left:
            raise ValidationError({"detail": left.messages, "missing": [one.code for one in left.questions]}) from left
        except Refused as refusal:
            if not hasattr(refusal, "error_dict") and any(one.code == TOO_LATE for one in refusal.error_list):
                raise Conflict(refusal.messages[0]) from refusal
            raise ValidationError(_details(refusal)) from refusal


def _details(refusal: Refused) -> dict[str, list[str]]:
    return refusal.message_dict if hasattr(refusal, "error_dict") else {"detail": refusal.messages}
