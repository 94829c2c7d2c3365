"""The models of the kernel's rooms, gathered for Django."""

from crm.access.models import Access, ApiToken
from crm.audit.models import ReadLog
from crm.drafts.models import Draft
from crm.events.models import Delivery, Event
from crm.exports.models import Export
from crm.files.models import StoredFile
from crm.jobs.models import Job
from crm.messaging.models import Message, MessageTemplate, Notice
from crm.organisation.models import Appointment, StandIn, Unit, User
from crm.parameters.models import Parameter
from crm.web.models import Preference, SavedView
from crm.workflow.models import Edge, Transition
from crm.worktime.models import CalendarDay

__all__ = [
    "Access",
    "ApiToken",
    "Appointment",
    "CalendarDay",
    "Delivery",
    "Draft",
    "Edge",
    "Event",
    "Export",
    "Job",
    "Message",
    "MessageTemplate",
    "Notice",
    "Parameter",
    "Preference",
    "ReadLog",
    "SavedView",
    "StandIn",
    "StoredFile",
    "Transition",
    "Unit",
    "User",
]
