"""The firm's tags: one vocabulary, so that a tag means the same everywhere."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clients.lists.models import Tag
from clients.lists.policies import MANAGE_TAGS
from crm.access.guards import check
from crm.audit.services import acting
from crm.organisation.models import User

MOST_TAGS = 200  # more than anybody keeps apart


@transaction.atomic
def create_tag(*, name: str, by: User) -> Tag:
    """A new word for the vocabulary. Raises PermissionDenied; ValidationError for a name that is empty, too long or
    there already, and for too many tags."""
    check(by, MANAGE_TAGS)
    name = _checked_name(name)
    if Tag.objects.filter(is_active=True).count() >= MOST_TAGS:
        raise ValidationError(_("There are %(most)s tags in use. Put one away first.") % {"most": MOST_TAGS})
    with acting(by=by):
        tag, created = Tag.objects.get_or_create(name=name)
    if not created:
        raise ValidationError(_("There is a tag “%(name)s” already.") % {"name": name})
    return tag


@transaction.atomic
def change_tag(*, tag: Tag, name: str, is_active: bool, by: User) -> Tag:
    """Rename a tag, put it away or take it into use again; clients keep it. Raises as `create_tag`."""
    check(by, MANAGE_TAGS)
    name = _checked_name(name)
    found = Tag.objects.select_for_update(of=("self",)).get(pk=tag.pk)
    if Tag.objects.filter(name=name).exclude(pk=found.pk).exists():
        raise ValidationError(_("There is a tag “%(name)s” already.") % {"name": name})
    found.name, found.is_active = name, is_active
    with acting(by=by):
        found.save(update_fields=["name", "is_active"])
    return found


def _checked_name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    longest = Tag._meta.get_field("name").max_length or 0
    if not name:
        raise ValidationError(_("A tag needs a name."))
    if len(name) > longest:
        raise ValidationError(_("The name of a tag has at most %(most)s characters.") % {"most": longest})
    return name
