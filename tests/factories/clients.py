"""Clients with personal data sealed as the product seals them, and what hangs on a client's file."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from clients.contacts.models import ServiceRecord
from clients.profile.models import Client, ClientWishes, ExtraPhone
from clients.suitability.models import PermissionRequest, RiskAssessment
from crm.personal.hide import hide, look_up_tail
from crm.personal.pinyin import grams, initials
from tests.factories.units import BranchFactory

PERSONAL = ("id_number", "phone", "email", "address")


class ClientFactory(DjangoModelFactory):  # type: ignore[misc]
    """A client. Clear `id_number`, `phone`, `email`, `address` may be given; they are stored sealed.

    A statement trigger lays the client's standing beside it.
    """

    class Meta:
        model = Client

    class Params:
        id_number = ""
        phone = factory.Sequence(lambda n: f"138{n % 10**8:08d}")
        email = ""
        address = ""

    client_no = factory.Sequence(lambda n: f"C{n:08d}")
    name = factory.Sequence(lambda n: f"张{'伟芳娜敏静丽强磊军洋'[n % 10]}{'一二三四五六七八九十'[n // 10 % 10]}")
    name_initials = factory.LazyAttribute(lambda made: initials(made.name))
    name_grams = factory.LazyAttribute(lambda made: grams(made.name))
    branch = factory.SubFactory(BranchFactory)
    opened_on = dt.date(2020, 1, 2)

    @classmethod
    def _adjust_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("phone_tail_digest", look_up_tail(kwargs.get("phone", ""), purpose="client.phone_tail"))
        for field in PERSONAL:
            hidden = hide(kwargs.pop(field, ""), purpose=f"client.{field}")
            for part, value in hidden._asdict().items():
                kwargs.setdefault(f"{field}_{part}", value)
        return kwargs


class WishesFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = ClientWishes

    client = factory.SubFactory(ClientFactory)


class ExtraPhoneFactory(DjangoModelFactory):  # type: ignore[misc]
    """A further phone; `phone` is given in clear and stored sealed."""

    class Meta:
        model = ExtraPhone

    class Params:
        phone = factory.Sequence(lambda n: f"139{n % 10**8:08d}")

    client = factory.SubFactory(ClientFactory)

    @classmethod
    def _adjust_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        phone = kwargs.pop("phone")
        hidden = hide(phone, purpose="client.phone")
        return kwargs | {
            "phone_sealed": hidden.sealed,
            "phone_digest": hidden.digest,
            "phone_masked": hidden.masked,
            "tail_digest": look_up_tail(phone, purpose="client.phone_tail"),
        }


class RiskAssessmentFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = RiskAssessment

    client = factory.SubFactory(ClientFactory)
    assessed_on = factory.LazyFunction(timezone.localdate)
    level = "C3"
    valid_until = factory.LazyAttribute(lambda made: made.assessed_on + dt.timedelta(days=730))


class PermissionRequestFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = PermissionRequest

    request_no = factory.Sequence(lambda n: f"P{n:06d}")
    client = factory.SubFactory(ClientFactory)
    permission = "chinext"
    requested_on = factory.LazyFunction(timezone.localdate)
    status = "requested"


class ServiceRecordFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = ServiceRecord

    record_no = factory.Sequence(lambda n: f"R{n:06d}")
    client = factory.SubFactory(ClientFactory)
    occurred_at = factory.LazyFunction(timezone.now)
    channel = "phone"
    direction = "outbound"


def client(**fields: Any) -> Client:
    """A client, typed, read back so that all columns have their stored types."""
    made: Client = Client.objects.get(pk=ClientFactory(**fields).pk)
    return made
