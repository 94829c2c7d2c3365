"""The feeds of the client data centre, registered in the order in which a firm loads them (`feeds.md`)."""

from clients.feeds.declared.clients import CLIENTS
from clients.feeds.declared.contacts import SERVICE_RECORDS
from clients.feeds.declared.firm import BRANCHES
from clients.feeds.declared.ledger import ALERTS, ASSETS, CASHFLOWS, TRADES
from clients.feeds.declared.staff import STAFF
from clients.feeds.declared.suitability import PERMISSION_REQUESTS, RISK_ASSESSMENTS
from clients.feeds.spec import register

register(
    BRANCHES,
    STAFF,
    CLIENTS,
    ASSETS,
    TRADES,
    CASHFLOWS,
    ALERTS,
    RISK_ASSESSMENTS,
    SERVICE_RECORDS,
    PERMISSION_REQUESTS,
)
