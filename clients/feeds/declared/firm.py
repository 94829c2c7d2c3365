"""Branches. The region is a word in the file and a unit of its own here, made where it is missing."""

# ruff: noqa: S608 (the SQL is made of the constants below)

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.feeds.kinds import Text
from clients.feeds.load import Load
from clients.feeds.spec import Column, Feed, Field, Rule
from crm.organisation.models import Unit

MISSING = 0  # stands in `parent_id` for a region that is yet to be made

# A branch without a region keeps what it belongs to otherwise (headquarters, say).
PARENT = f"""CASE
    WHEN coalesce(cell.region, '') = ''
    THEN (SELECT id FROM crm_unit WHERE id = cell.was_parent_id AND kind <> 'region')
    ELSE coalesce((SELECT min(id) FROM crm_unit WHERE kind = 'region' AND name = cell.region), {MISSING}) END"""


def make_regions(load: Load) -> None:
    """Make the regions that new and changed branches name; their code is the name, where that is short and free."""
    if "region" not in load.present:
        return
    load.run(
        """INSERT INTO crm_unit (kind, code, name, parent_id, province, city, phone, email, is_active)
           SELECT 'region',
                  CASE WHEN char_length(name) <= 32
                            AND NOT EXISTS (SELECT FROM crm_unit WHERE code = named.name)
                            AND NOT EXISTS (SELECT FROM sifted WHERE code = named.name)
                       THEN name ELSE 'region-' || left(md5(name), 12) END,
                  name, (SELECT min(id) FROM crm_unit WHERE kind = 'headquarters'), '', '', '', '', true
           FROM (SELECT DISTINCT staged.region AS name FROM sifted JOIN staged USING (line)
                 WHERE sifted.fate IN ('new', 'changed') AND sifted.parent_id = 0) AS named"""
    )
    load.run(
        """UPDATE sifted SET parent_id = (SELECT min(id) FROM crm_unit WHERE kind = 'region' AND name = staged.region)
           FROM staged WHERE staged.line = sifted.line AND sifted.parent_id = 0"""
    )


BRANCHES = Feed(
    name="branches",
    title=_("Branches"),
    model=Unit,
    key=("branch_code",),
    columns=(
        Column("branch_code", Text(32), store="code", required=True),
        Column("name", Text(200), store="name", required=True),
        Column("region", Text(200)),
        Column("province", Text(100), store="province", empty="''"),
        Column("city", Text(100), store="city", empty="''"),
        Column("phone", Text(50), store="phone", empty="''"),
        Column("email", Text(254), store="email", empty="''"),
    ),
    fields=(Field("parent_id", PARENT, columns=("region",)), Field("kind", "'branch'")),
    rules=(
        Rule(
            "branch_code",
            "cell.was_kind <> 'branch'",
            _("%(cell)s is the code of a unit that is not a branch"),
        ),
    ),
    before_write=make_regions,
)
