"""The demo firm's saved views fit its list, and its large export waits for somebody who may release it."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.utils import timezone

from clients.demo.firm import Firm
from clients.demo.saved_views import ASKS, ask_for_export
from clients.desk.listing import client_list
from crm.exports.models import Export
from crm.exports.selectors import deciders_of
from crm.organisation.models import User
from crm.web.lists.state import read_state
from crm.web.models import SavedView

pytestmark = pytest.mark.django_db


def test_every_view_fits_the_list_and_the_branch_sees_the_shared_ones(firm: Firm) -> None:
    views = list(SavedView.objects.select_related("owner"))

    assert len(views) == 6 * 4
    for view in views:
        spec = client_list(view.owner, QueryDict(view.query), timezone.localdate())
        state = read_state(spec, QueryDict(view.query), "/clients/")
        assert not state.problems
        assert set(view.columns) <= {column.name for column in spec.columns}
    clerk = User.objects.get(staff_no="1106")
    assert SavedView.objects.visible_to(clerk).count() == 3


def test_a_large_export_waits_for_compliance(changeable: Firm, settings: pytest.FixtureRequest) -> None:
    assert not Export.objects.exists()  # 600 clients need no release
    settings.EXPORT_RELEASE_ROWS = 100  # type: ignore[attr-defined]

    ask_for_export(until=changeable.until)

    export = Export.objects.get()
    assert (export.state, export.by.staff_no) == ("waiting", ASKS)
    assert {"8301", "8302", "8101", "8102"} == {one.staff_no for one in deciders_of(export, day=timezone.localdate())}
