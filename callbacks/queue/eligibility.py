"""Who may call whom (`callbacks.md`): one place, asked when a call is assigned, claimed, taken and handed over.

Every answer is a sentence for whoever is refused, or None.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from callbacks.calls.choices import COURTESY_KINDS, Form, ReasonKind, ReasonState
from callbacks.calls.models import Call, CallReason
from callbacks.calls.units import CENTRAL, acts_as, pools_of
from callbacks.queue.rules import Rules
from clients.profile.choices import OptOut
from crm.access.guards import refusal
from crm.access.scope import appointments_of
from crm.organisation.models import User
from crm.worktime.arithmetic import Hours, in_window

WORK, COURTESY = "callbacks.work_calls", "callbacks.courtesy_calls"
OUT_OF_HOURS = "callbacks.call_out_of_hours"
URGENT = (ReasonKind.MOVEMENT,)  # what may be dialled outside the hours, with a reason


@dataclass(frozen=True)
class Caller:
    """A person as the queue knows him: himself and whom he stands in for, his pools, what he may."""

    pk: int
    ids: frozenset[int]
    pools: frozenset[int]
    may_work: bool
    may_courtesy: bool
    central: bool  # calls for the whole firm

    @property
    def may_call(self) -> bool:
        return self.may_work or self.may_courtesy


def caller(user: User, day: dt.date | None = None) -> Caller:
    """What matters about `user` on `day` (today by default): his appointments, one query at most."""
    held = user.get_all_permissions()
    return Caller(
        pk=user.pk,
        ids=frozenset(acts_as(user, day)),
        pools=frozenset(pools_of(user, day)),
        may_work=user.is_active and WORK in held,
        may_courtesy=user.is_active and COURTESY in held,
        central=any(one.role in CENTRAL for one in appointments_of(user, day)),
    )


@dataclass(frozen=True)
class Facts:
    """What a call and its client look like now."""

    unit: int
    assignee: int | None
    regulated: bool
    form: str
    recused: Collection[int]
    manager: int | None = None
    introducer: int | None = None
    opt_outs: Collection[str] = ()
    assets: Decimal = Decimal(0)
    courtesy: bool = False  # every reason is one that his customer manager may call him about

    @classmethod
    def of(cls, call: Call) -> Facts:
        """Of a call whose client, wishes and standing may have been joined: one query where they were not."""
        client = call.client
        wishes = getattr(client, "wishes", None)
        standing = getattr(client, "standing", None)
        return cls(
            unit=call.unit_id,
            assignee=call.assignee_id,
            regulated=call.regulated,
            form=call.form,
            recused=call.recused,
            manager=client.manager_id if client else None,
            introducer=client.introducer_id if client else None,
            opt_outs=wishes.opt_outs if wishes else (),
            assets=standing.average_assets if standing else Decimal(0),
            courtesy=is_courtesy(call),
        )

    @property
    def wants_no_call(self) -> bool:
        return self.form == Form.PHONE and OptOut.PHONE in self.opt_outs

    def too_large(self, rules: Rules) -> bool:
        """Whether the call belongs to headquarters or the call centre for the client's assets."""
        return rules.large_amount is not None and self.assets >= rules.large_amount

    def recuses(self, ids: Collection[int]) -> bool:
        """Whether one of `ids` may not ask: who is named on the call; manager and introducer, but in a courtesy call by
        a script without questions about conduct."""
        if any(one in self.recused for one in ids):
            return True
        asks = self.regulated or not self.courtesy
        return asks and any(one in ids for one in (self.manager, self.introducer) if one is not None)

    def courtesy_by(self, person: Caller) -> bool:
        """Whether `person` makes this as a courtesy call to his own client: then he asks the courtesy script, in which
        nobody needs to be recused."""
        return person.may_courtesy and self.courtesy and self.manager is not None and self.manager in person.ids


def is_courtesy(call: Call) -> bool:
    """Whether every open reason of a call is one for a courtesy call. One query at most."""
    if call.kind not in COURTESY_KINDS:
        return False
    others = CallReason.objects.filter(call=call, state=ReasonState.OPEN).exclude(kind__in=COURTESY_KINDS)
    return not others.exists()


def why_not(facts: Facts, person: Caller, rules: Rules) -> str | None:
    """Why `person` may not make this call at all; None when he may. The hour is another question."""
    if not person.may_call:
        return refusal(WORK)
    if facts.wants_no_call:
        return _("The client wants no calls. A supervisor can choose another form of contact.")
    if facts.too_large(rules) and not person.central:
        return _("Clients of this size are called by headquarters or the call centre.")
    if facts.courtesy_by(person):
        return None
    if person.may_work and facts.recuses(person.ids):
        return _recusal(facts, person)
    return _why_not_his(facts, person)


def _recusal(facts: Facts, person: Caller) -> str:
    if facts.manager in person.ids:
        return _("Recusal: you, or whom you stand in for, look after this client.")
    if facts.introducer in person.ids:
        return _("Recusal: you, or whom you stand in for, introduced this client.")
    return _("Recusal: you, or whom you stand in for, dealt with what this call is about.")


def _why_not_his(facts: Facts, person: Caller) -> str | None:
    """Why the call is not among those that are his to make."""
    if not person.may_work:
        return _("A customer manager makes courtesy calls to his own clients only.")
    if facts.assignee is not None and facts.assignee in person.ids:
        return None
    if facts.unit not in person.pools:
        return _("This call belongs to another unit.")
    return None


def why_not_now(call: Call, own: Hours | None, rules: Rules, at: dt.datetime) -> str | None:
    """Why nobody dials this call at `at`; None when it may be dialled. Other forms of contact have no hours."""
    if call.form != Form.PHONE or in_window(rules.calendar, at, own or rules.hours):
        return None
    if own is not None:
        return _("The client wants to be called at other hours.")
    return _("Nobody is called at this hour: %(hours)s on working days.") % {"hours": rules.hours.intervals}


def may_override_hours(call: Call, user: User) -> bool:
    """Whether `user` may dial this call outside the hours, with a reason: urgent checks alone."""
    return call.kind in URGENT and user.has_perm(OUT_OF_HOURS)
