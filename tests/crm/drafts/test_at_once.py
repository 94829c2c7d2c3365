"""Two windows of one form whose first drafts come at the same moment: one is kept, the other is told."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from crm.drafts.models import Draft
from crm.drafts.services import DraftElsewhere, keep_draft, take_up
from crm.organisation.models import User
from tests.clients.care.at_once import Elsewhere, wait_until_waiting
from tests.crm.drafts.conftest import KEY, KIND
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)

ONE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def keep(by: User, text: str, window: uuid.UUID) -> Draft:
    return keep_draft(by=by, kind=KIND, key=KEY, fields=[("text", text)], window=window)


@pytest.mark.parametrize("window", [ONE, OTHER])
def test_of_two_first_drafts_none_is_written_over_unseen(transactional_db: None, window: uuid.UUID) -> None:
    clerk = person("counter_clerk")
    with transaction.atomic():
        keep(clerk, "first", ONE)
        late = Elsewhere(lambda: keep(clerk, "second", window))
        wait_until_waiting(1)
    if window == OTHER:
        with pytest.raises(DraftElsewhere, match="open elsewhere"):
            late.end()
    else:
        late.end()
    kept = take_up(by=clerk, kind=KIND, key=KEY)
    assert kept is not None
    assert kept.fields["text"] == ("first" if window == OTHER else "second")
    assert Draft.objects.count() == 1
