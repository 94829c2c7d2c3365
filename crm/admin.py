"""The tables of the kernel's rooms, gathered for the admin."""

from crm.access.admin import AppointmentAdmin, StandInAdmin
from crm.organisation.admin import StaffAdmin, UnitAdmin
from crm.worktime.admin import CalendarAdmin

__all__ = ["AppointmentAdmin", "CalendarAdmin", "StaffAdmin", "StandInAdmin", "UnitAdmin"]
