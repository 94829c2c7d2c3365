from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.audit.services import acting
from crm.organisation import services
from crm.organisation.choices import UnitKind
from crm.organisation.models import Unit
from crm.organisation.terminal import read_password, refused


class Command(BaseCommand):
    help = (
        "Create a member of staff with a first password and a role: how a new firm gets its first administrator. "
        "The password is typed, or read from standard input; it has to be changed at the first sign-in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("staff_no")
        parser.add_argument("name")
        parser.add_argument("--role", default="administrator", help="code of a role (default: administrator)")
        parser.add_argument("--unit", default="HQ", help="code of the unit (default: HQ)")
        parser.add_argument("--unit-name", help="creates headquarters under the code of --unit when it is not there")

    def handle(self, *args: Any, **options: Any) -> None:
        password = read_password()
        try:
            with transaction.atomic(), acting(by=None, reason="create_staff"):
                person = services.create_person(by=None, staff_no=options["staff_no"], name=options["name"])
                services.set_password(by=None, person=person, password=password)
                services.appoint(
                    by=None,
                    person=person,
                    unit=self.unit(options["unit"], options["unit_name"]),
                    role=options["role"],
                    starts_on=timezone.localdate(),
                )
        except ValidationError as error:
            raise refused(error) from None
        self.stdout.write(
            _("%(name)s (%(number)s) can sign in now.") % {"name": person.name, "number": person.staff_no}
        )

    def unit(self, code: str, name: str | None) -> Unit:
        """The unit `code`; made as headquarters when it is not there and a name was given."""
        unit = Unit.objects.filter(code=code).first()
        if unit is None and name is None:
            raise CommandError(_("There is no unit %(code)s. Name it with --unit-name to create it.") % {"code": code})
        if unit is None:
            unit = services.create_unit(by=None, kind=UnitKind.HEADQUARTERS, code=code, name=name or code)
        return unit
