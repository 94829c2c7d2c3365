"""What happened to a client's file: changes of segment, and changes of data with personal values masked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from django.core.exceptions import ObjectDoesNotExist
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from clients.desk.changes import badges_after, badges_before
from clients.desk.sentences import reason_in_short
from clients.lists.models import ClientTag
from clients.profile.forms import interest_word, opt_out_word
from clients.profile.models import Client, ClientWishes, ExtraPhone
from clients.profile.policies import shown_name
from clients.profile.selectors import ClientFile
from clients.segmentation.models import SegmentChange
from crm.audit.selectors import Change, FieldChange, history_of, history_of_all

MOST = 50
Mask = Callable[[str], str]


@dataclass(frozen=True)
class SegmentLine:
    """A change of segment with what it shows: before, after, why."""

    change: SegmentChange
    before: Sequence[SafeString]
    after: Sequence[SafeString]
    why: str


def segment_changes(client_id: int, most: int = MOST) -> list[SegmentLine]:
    """The newest changes of segment, with the run and its policy: one query."""
    changes = SegmentChange.objects.filter(client_id=client_id).select_related("run__policy")
    return [
        SegmentLine(change, badges_before(change), badges_after(change), reason_in_short(change))
        for change in changes.order_by("-as_of", "-id")[:most]
    ]


def data_changes(file: ClientFile, most: int = MOST) -> list[Change]:
    """Changes of the file, of the client's wishes, further phones and tags, newest first, personal values as the page
    shows them."""
    client = file.client
    changes = history_of(client, most=most)
    with suppress(ObjectDoesNotExist):
        changes += [change for change in map(_without_counter, history_of(client.wishes, most=most)) if change.fields]
    for hanging in (ExtraPhone, ClientTag):
        changes += map(_without_client, history_of_all(hanging, most=most, client_id=client.pk))
    changes.sort(key=lambda change: change.at, reverse=True)
    masks = _masks(file)
    return [replace(change, fields=tuple(_hide(one, masks) for one in change.fields)) for change in changes[:most]]


def _without_counter(change: Change) -> Change:
    """A change without the count of versions, which only keeps two editors apart."""
    counter = str(ClientWishes._meta.get_field("version").verbose_name)
    return replace(change, fields=tuple(one for one in change.fields if one.label != counter))


def _without_client(change: Change) -> Change:
    """A change of what hangs on the client, without saying on every line that it does, and who and when twice."""
    return replace(change, fields=tuple(one for one in change.fields if one.label not in _hanging_labels()))


def _hanging_labels() -> set[str]:
    meta = ClientTag._meta
    return {str(meta.get_field(name).verbose_name) for name in ("client", "by", "at")}  # type: ignore[union-attr]


def _masks(file: ClientFile) -> dict[str, Mask]:
    """How values are masked, by the label of their field: names of others' clients, all days of birth."""
    masks: dict[str, Mask] = {_label("birth_date"): lambda day: day[:4]}
    masks[str(ClientWishes._meta.get_field("interests").verbose_name)] = _in_words(interest_word)
    masks[str(ClientWishes._meta.get_field("opt_outs").verbose_name)] = _in_words(opt_out_word)
    if not file.is_own:
        masks[_label("name")] = lambda name: shown_name(name, file.client.kind, clear=False)
        masks[_label("contact_person")] = lambda name: shown_name(name, "", clear=False)
    return masks


def _in_words(word: Callable[[str], str]) -> Mask:
    """A list of codes, as the history has it, in words."""
    comma = pgettext("between words of a list", ", ")
    return lambda codes: comma.join(word(code) for code in codes.split(comma)) if codes else ""


def _label(field: str) -> str:
    return str(Client._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def _hide(one: FieldChange, masks: dict[str, Mask]) -> FieldChange:
    mask = masks.get(one.label)
    return FieldChange(one.label, mask(one.before), mask(one.after)) if mask else one
