"""What is told to people about exports (one waits for them, theirs is there or was refused) and stored files."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.access.roles import ROLES
from crm.events.models import Event
from crm.events.registry import consumer
from crm.exports.models import Export
from crm.exports.selectors import deciders_of, title_of
from crm.files.choices import Fault
from crm.files.models import StoredFile
from crm.files.owners import owners_of
from crm.files.services import DAMAGED
from crm.messaging.services import tell
from crm.organisation.models import Appointment, User

READ_LOG = "crm.view_read_log"  # compliance and audit hold it


@consumer("export.waiting", name="crm.web.export_waits")
def export_waits(event: Event) -> None:
    """Whoever may release it learns that it waits."""
    export = _export(event)
    people = deciders_of(export, day=timezone.localdate(event.occurred_at))
    _tell(event, people, export, _("%(who)s asks to take %(rows)s rows of “%(list)s” out of the system."), loud=True)


@consumer("export.ready", name="crm.web.export_is_ready")
def export_is_ready(event: Event) -> None:
    """Whoever asked learns that the file is there."""
    export = _export(event)
    _tell(event, [export.by], export, _("Your export “%(list)s” is ready: %(rows)s rows."))


@consumer("export.refused", name="crm.web.export_was_refused")
def export_was_refused(event: Event) -> None:
    """Whoever asked learns that it was refused, and why."""
    export = _export(event)
    _tell(event, [export.by], export, _("Your export “%(list)s” was refused: %(note)s"), loud=True)


def _export(event: Event) -> Export:
    return Export.objects.select_related("by").get(pk=event.payload["export"])


def _tell(event: Event, people: Iterable[User], export: Export, words: str | Promise, *, loud: bool = False) -> None:
    """Each in his own language."""
    values = {"who": export.by.name, "rows": f"{export.rows:,}", "note": export.decision_note}
    for person in people:
        with translation.override(person.language or settings.LANGUAGE_CODE):
            text = str(words) % (values | {"list": title_of(export)})
        url = reverse("exports:detail", args=[export.pk])
        tell(users=[person], key=f"{event.name}:{export.pk}", text=text, url=url, loud=loud, at=event.occurred_at)


@consumer(DAMAGED, name="crm.web.file_is_damaged")
def file_is_damaged(event: Event) -> None:
    """Compliance learns that something it must be able to show is missing or altered: what it is, and where."""
    stored = StoredFile.objects.get(pk=event.payload["file"])
    day = timezone.localdate(event.occurred_at)
    roles = [code for code, role in ROLES.items() if READ_LOG in role.permissions]
    held = Appointment.objects.held_on(day).filter(role__in=roles).values("user_id")
    for person in User.objects.in_service(day).filter(pk__in=held):
        with translation.override(person.language or settings.LANGUAGE_CODE):
            owners = owners_of(stored)
            what = owners[0].label if owners else str(stored)
            text = _("%(what)s: %(damage)s Bring it back from a backup.") % {
                "what": what,
                "damage": Fault(event.payload["fault"]).label,
            }
            url = owners[0].url if owners else ""
            tell(users=[person], key=f"{event.name}:{event.pk}", text=text, url=url, loud=True, at=event.occurred_at)
