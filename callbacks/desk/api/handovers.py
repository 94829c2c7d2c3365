"""Handing calls on, for programs: offered, accepted or declined."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from callbacks.calls.choices import HandOverState
from callbacks.calls.models import HandOver
from callbacks.desk.api.base import CallApi, Conflict
from callbacks.desk.api.calls import whole
from callbacks.desk.api.shapes import CallSerializer, OfferSerializer
from callbacks.queue import handing
from crm.organisation.models import User
from crm.web.api.base import number_of


class OfferedSerializer(serializers.Serializer[Any]):
    to = serializers.CharField(max_length=32, help_text="staff number of a colleague who may make the call")
    reason = serializers.CharField(max_length=300)

    def validate_to(self, number: str) -> User:
        found: User | None = User.objects.filter(staff_no=number.strip()).first()
        if found is None:
            raise serializers.ValidationError(_("Nobody has this staff number."))
        return found


class DeclineSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class _Offers(CallApi):
    def offers(self) -> QuerySet[HandOver]:
        """Offers of calls from or to the person."""
        found = HandOver.objects.visible_to(self.person).filter(call__isnull=False)
        return found.select_related("from_user", "to_user")

    def offer(self, pk: str, wanted: HandOverState) -> HandOver:
        """One of them that is not answered yet, or was answered as `wanted`. Raises NotFound, Conflict."""
        found = self.offers().filter(pk=number_of(pk)).first()
        if found is None:
            raise NotFound
        if found.state not in (HandOverState.ASKED, wanted):
            raise Conflict(_("This offer is over."))
        return found


class HandOversView(_Offers):
    @extend_schema(operation_id="handovers", responses=OfferSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The offers of calls from and to the person that nobody has answered yet, the oldest first."""
        asked = self.offers().filter(state=HandOverState.ASKED).order_by("asked_at", "pk")
        return Response(OfferSerializer(asked, many=True).data)


class OfferView(CallApi):
    @extend_schema(operation_id="call_offer", request=OfferedSerializer, responses={201: OfferSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Offer the call to a colleague; it stays where it is until he accepts. The same offer twice is one."""
        call, given = self.call(pk), self.sent(OfferedSerializer).validated_data
        made = self.done(lambda: handing.offer(call=call, to=given["to"], reason=given["reason"], by=self.person))
        return Response(OfferSerializer(made).data, status=status.HTTP_201_CREATED)


class AcceptView(_Offers):
    @extend_schema(operation_id="handover_accept", request=None, responses=CallSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Take over the call that was offered, with everything written in it. 409 for an offer that is over."""
        offered = self.offer(pk, HandOverState.ACCEPTED)
        call = self.done(lambda: handing.accept(hand_over=offered, by=self.person))
        return Response(whole(self, str(call.pk)))


class DeclineView(_Offers):
    @extend_schema(operation_id="handover_decline", request=DeclineSerializer, responses=OfferSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Say no, with the reason; whoever offered the call keeps it. 409 for an offer that is over."""
        offered = self.offer(pk, HandOverState.DECLINED)
        reason = self.sent(DeclineSerializer).validated_data["reason"]
        declined = self.done(lambda: handing.decline(hand_over=offered, reason=reason, by=self.person))
        return Response(OfferSerializer(self.offers().get(pk=declined.pk)).data)
