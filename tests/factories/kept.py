"""What people keep and take out: saved views of lists, exports."""

from __future__ import annotations

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from crm.exports.models import Export
from crm.web.models import SavedView
from tests.factories.people import UserFactory


class SavedViewFactory(DjangoModelFactory):  # type: ignore[misc]
    """A view of the client list that nobody else sees."""

    class Meta:
        model = SavedView

    list_name = "clients"
    name = factory.Sequence(lambda n: f"视图{n}")
    owner = factory.SubFactory(UserFactory)


class ExportFactory(DjangoModelFactory):  # type: ignore[misc]
    """An export of the client list that waits for its release."""

    class Meta:
        model = Export

    key = factory.Sequence(lambda n: f"form-{n}")
    list_name = "clients"
    title = "客户"
    columns = ["number", "name"]
    language = "zh-hans"
    reason = "meeting"
    by = factory.SubFactory(UserFactory)
    asked_at = factory.LazyFunction(timezone.now)
    rows = 2_000
    state = "waiting"
