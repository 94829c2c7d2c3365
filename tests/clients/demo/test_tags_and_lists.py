"""The demo firm's tags are on believable clients, and each branch shares two lists."""

from __future__ import annotations

import pytest
from django.utils import timezone

from clients.demo.firm import Firm
from clients.desk.kept_lists import rule_of
from clients.desk.listing import rule_list
from clients.lists.models import ClientList, ClientTag
from crm.organisation.models import User

pytestmark = pytest.mark.django_db


def test_tags_are_put_on_by_somebody_of_the_branch(firm: Firm) -> None:
    assert ClientTag.objects.filter(tag__name="老客户").exists()
    assert not ClientTag.objects.filter(tag__name="机构客户").exclude(client__kind="institution").exists()
    for put in ClientTag.objects.select_related("client", "by")[:50]:
        assert put.by.appointments.filter(unit=put.client.branch_id).exists()


def test_every_branch_shares_a_fixed_list_and_one_by_rule_that_fits(firm: Firm) -> None:
    kept = list(ClientList.objects.select_related("owner"))
    assert len(kept) == 6 * 2
    for one in kept:
        if one.kind == "rule":
            assert not rule_of(one, timezone.localdate(), rule_list).problems
        else:
            assert 0 < one.members.count() <= 30
    assert ClientList.objects.visible_to(User.objects.get(staff_no="1106")).count() == 2
