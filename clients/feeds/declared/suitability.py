"""Risk assessments and requests for trading permissions (`suitability-education.md`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.feeds.declared.common import client_column, code
from clients.feeds.kinds import Day, Number, Text
from clients.feeds.spec import Column, Feed, Field, Rule
from clients.suitability.choices import Permission, PermissionStatus, RiskLevel
from clients.suitability.models import PermissionRequest, RiskAssessment

# The article's three types, where a core system still says them.
TYPES = {"conservative": RiskLevel.C1, "steady": RiskLevel.C3, "aggressive": RiskLevel.C4}

# The lowest score of each level, highest first.
BANDS = {
    83: RiskLevel.C5,
    54: RiskLevel.C4,
    37: RiskLevel.C3,
    20: RiskLevel.C2,
    1: RiskLevel.C1,
    0: RiskLevel.C1_LOWEST,
}
LEVEL_OF_SCORE = " ".join(f"WHEN cell.score >= {lowest} THEN '{level}'" for lowest, level in BANDS.items())

RISK_ASSESSMENTS = Feed(
    name="risk_assessments",
    title=_("Risk assessments"),
    model=RiskAssessment,
    key=("client_no", "assessed_on"),
    one_of=("level", "score"),
    columns=(
        client_column(),
        Column("assessed_on", Day(fact=True), store="assessed_on", required=True),
        Column("level", code(RiskLevel, also=TYPES)),
        Column("score", Number(before=4, after=2, highest=100)),
        # Valid to the same day 24 months later, by PostgreSQL's rule for month ends.
        Column(
            "valid_until",
            Day(),
            store="valid_until",
            empty="(known_assessed_on.day + interval '24 months')::date",
        ),
    ),
    # By what the row itself says: a score of an earlier file gives no level to a row without one.
    fields=(
        Field("score", "cell.score", columns=("score",)),
        Field("level", f"coalesce(cell.level, CASE {LEVEL_OF_SCORE} END)", columns=("level", "score")),
    ),
    rules=(
        Rule(
            "level",
            "cell.level IS NULL AND cell.score IS NULL",
            _("neither level nor score is given; one of them is needed"),
        ),
    ),
)

PERMISSION_REQUESTS = Feed(
    name="permission_requests",
    title=_("Permission requests"),
    model=PermissionRequest,
    key=("request_no",),
    columns=(
        Column("request_no", Text(64), store="request_no", required=True),
        client_column(),
        Column("permission", code(Permission), store="permission", required=True),
        Column("requested_on", Day(fact=True), store="requested_on", required=True),
        Column("status", code(PermissionStatus), store="status", empty="''"),
    ),
)
