"""Tags, client lists, and things done to many clients."""

from __future__ import annotations

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from clients.lists.models import BulkAction, ClientList, ClientListMember, ClientTag, Tag
from tests.factories.clients import ClientFactory
from tests.factories.people import UserFactory


class TagFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = Tag

    name = factory.Sequence(lambda n: f"标签{n}")


class ClientTagFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = ClientTag

    client = factory.SubFactory(ClientFactory)
    tag = factory.SubFactory(TagFactory)
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)


class ClientListFactory(DjangoModelFactory):  # type: ignore[misc]
    """A fixed list that nobody else sees."""

    class Meta:
        model = ClientList

    name = factory.Sequence(lambda n: f"名单{n}")
    kind = "fixed"
    owner = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(timezone.now)


class ClientListMemberFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = ClientListMember

    list = factory.SubFactory(ClientListFactory)
    client = factory.SubFactory(ClientFactory)
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)


class BulkActionFactory(DjangoModelFactory):  # type: ignore[misc]
    """A tag that was put on nobody."""

    class Meta:
        model = BulkAction

    key = factory.Sequence(lambda n: f"bulk-form-{n}")
    verb = "tag"
    tag = factory.SubFactory(TagFactory)
    expected = 0
    by = factory.SubFactory(UserFactory)
    asked_at = factory.LazyFunction(timezone.now)
    ended_at = factory.LazyFunction(timezone.now)
