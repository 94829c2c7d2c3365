from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from crm.audit.services import acting
from crm.organisation import services
from crm.organisation.models import User
from crm.organisation.terminal import read_password, refused


class Command(BaseCommand):
    help = "Give a member of staff a new password, typed or from standard input, to be changed at the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("staff_no")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(staff_no=options["staff_no"]).first()
        if person is None:
            raise CommandError(_("There is nobody with the staff number %(number)s.") % {"number": options["staff_no"]})
        try:
            with acting(by=None, reason="set_password"):
                services.set_password(by=None, person=person, password=read_password())
        except ValidationError as error:
            raise refused(error) from None
        self.stdout.write(_("Done. %(name)s has to choose another at the next sign-in.") % {"name": person.name})
