"""The models of the kernel's rooms, gathered for Django."""

from crm.access.models import Access
from crm.audit.models import ReadLog
from crm.events.models import Delivery, Event
from crm.jobs.models import Job
from crm.organisation.models import Appointment, StandIn, Unit, User
from crm.worktime.models import CalendarDay

__all__ = ["Access", "Appointment", "CalendarDay", "Delivery", "Event", "Job", "ReadLog", "StandIn", "Unit", "User"]
