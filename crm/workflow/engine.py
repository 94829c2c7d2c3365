"""The one way a state changes: a table of steps, a lock, a check of who and when, the log's row, the new state.

A room declares its table once:

    CALLS = workflow("callbacks.call", [Step("claim", from_=["waiting"], to="claimed"), …])

and takes steps with `CALLS.take(call, "claim", by=…)`. The database holds the same table (`crm_edge`) and refuses a
change of state that is not in it, or that leaves no row in `crm_transition` in the same transaction. Set-based steps
write those rows by SQL of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.access.guards import refusal
from crm.audit.services import acting
from crm.organisation.models import User
from crm.workflow.models import Transition

M = TypeVar("M", bound=models.Model)
When = Callable[[Any, "User | None"], None]  # raises ValidationError or PermissionDenied in words

LONGEST_REASON = 300


@dataclass(frozen=True)
class Step:
    """One verb: from which states, to which (None: it stays as it is), who may (one of `permissions`), and when."""

    verb: str
    label: str | Promise
    from_: Sequence[str]
    to: str | None
    permissions: tuple[str, ...] = ()
    when: When | None = None
    needs_reason: bool = False

    def edges(self) -> Iterable[tuple[str, str, str]]:
        """(verb, old state, new state) of everything this step may do."""
        return ((self.verb, old, self.to or old) for old in self.from_)


@dataclass(frozen=True)
class Workflow(Generic[M]):
    """The steps of one kind of object. `name` is stored with every step and never changes."""

    name: str
    steps: Mapping[str, Step] = field(default_factory=dict)

    def take(
        self,
        obj: M,
        verb: str,
        *,
        by: User | None,
        at: dt.datetime | None = None,
        reason: str = "",
        details: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> M:
        """Take one step: lock the row anew, check, write `fields`, the state and the log. Returns the locked row.

        Raises PermissionDenied for who may not, ValidationError where it may not be now (its state moved on, the
        step's condition, a reason that is missing); nothing is written then.
        """
        step, at = self.steps[verb], at or timezone.now()
        with transaction.atomic(), acting(by=by):
            locked = self.locked(obj)
            self.check(locked, verb, by=by, reason=reason)
            state: str = locked.state  # type: ignore[attr-defined]
            self.log(locked, verb, old=state, by=by, at=at, reason=reason, details=details)
            for name, value in (fields | {"state": step.to or state}).items():
                setattr(locked, name, value)
            locked.save(update_fields=[*fields, "state"])
        return locked

    def locked(self, obj: M) -> M:
        """The row as it is now, locked until the transaction ends."""
        found: M = type(obj)._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)
        return found

    def check(self, obj: M, verb: str, *, by: User | None, reason: str = "-") -> None:
        """Whether the step may be taken. `by` None is the system itself, which needs no permission."""
        step = self.steps[verb]
        if by is not None and step.permissions and not any(by.has_perm(name) for name in step.permissions):
            raise PermissionDenied(refusal(step.permissions[0]))
        if obj.state not in step.from_:  # type: ignore[attr-defined]
            raise ValidationError(
                _("“%(step)s” is no longer possible: somebody was faster, or it has ended."),
                params={"step": step.label}, code="state",
            )  # fmt: skip
        if step.needs_reason and not reason.strip():
            raise ValidationError({"reason": _("Say why.")})
        if step.when is not None:
            step.when(obj, by)

    def allows(self, obj: M, verb: str, *, by: User) -> bool:
        """Whether a page should offer the step."""
        try:
            self.check(obj, verb, by=by)
        except (PermissionDenied, ValidationError):
            return False
        return True

    def log(
        self,
        obj: M,
        verb: str,
        *,
        old: str,
        by: User | None,
        at: dt.datetime,
        reason: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> Transition:
        """Write the row of a step that the caller takes himself on a row he has locked."""
        return Transition.objects.create(
            workflow=self.name,
            object_id=obj.pk,
            verb=verb,
            old_state=old,
            new_state=self.steps[verb].to or old,
            by=by,
            at=at,
            reason=reason.strip()[:LONGEST_REASON],
            details=dict(details or {}),
        )

    def edges(self) -> set[tuple[str, str, str]]:
        """(verb, old state, new state) of every step."""
        return {edge for step in self.steps.values() for edge in step.edges()}


_workflows: dict[str, Workflow[Any]] = {}


def workflow(name: str, steps: Iterable[Step]) -> Workflow[Any]:
    """Declare the steps of one kind of object. Raises ValueError for a name or a verb that is there already."""
    known: dict[str, Step] = {}
    for step in steps:
        if step.verb in known:
            raise ValueError(f"{name}: two steps are called {step.verb}")
        known[step.verb] = step
    if name in _workflows:
        raise ValueError(f"two workflows are called {name}")
    _workflows[name] = Workflow(name, known)
    return _workflows[name]


def all_workflows() -> list[Workflow[Any]]:
    return list(_workflows.values())


def forget(name: str) -> None:
    """Take a workflow out (tests)."""
    _workflows.pop(name, None)
