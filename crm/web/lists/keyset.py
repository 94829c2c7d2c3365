"""Pages by keyset: a page begins after (or ends before) a row, so the thousandth costs what the first does.

Every sort is an indexed NOT NULL column with the primary key behind it; all run the same way, so PostgreSQL serves a
page as a range of the index through a row comparison. (`a <= x and (a < x or id < y)` would read all equals of x.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Field, Func, GeneratedField, Model, OrderBy, QuerySet, Value
from django.db.models.functions import Greatest
from django.db.models.sql.compiler import SQLCompiler
from django.utils.functional import Promise

M = TypeVar("M", bound=Model)
SALT = "crm.web.lists"


@dataclass(frozen=True)
class Sort:
    """A named order: `field`, then the columns of `tie`, all `descending` or none.

    `field` is an indexed NOT NULL column; `tie` makes the order unique (empty where `field` is unique itself).

    `few` takes the place of the list's (see `ListSpec`) where an index stands behind every column that is filtered, in
    this order: a walk along it passes few others, so fewer matches are sorted faster.

    `filled`: the column may be empty, but not in the rows of this list (when something ended, of what has ended).
    """

    name: str
    label: str | Promise
    field: str
    descending: bool = False
    tie: tuple[str, ...] = ("pk",)
    few: int | None = None
    filled: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.field, *self.tie)


@dataclass(frozen=True)
class Order:
    """A sort as it is used on a page: perhaps the other way round (`-name` in the URL)."""

    sort: Sort
    turned: bool = False

    @property
    def descending(self) -> bool:
        return self.sort.descending is not self.turned

    @property
    def code(self) -> str:
        return f"-{self.sort.name}" if self.turned else self.sort.name


@dataclass(frozen=True)
class Cursor:
    """A place in a list: the key of a row, and whether the page begins after it or ends before it.

    `context` names the list, its order and its filters; a cursor of another context is of no use.
    """

    context: str
    backwards: bool
    key: tuple[str, ...]

    def sign(self) -> str:
        """The cursor for a URL: opaque to its readers, and nobody can write one."""
        return signing.Signer(salt=SALT).sign_object([self.context, int(self.backwards), *self.key])

    @classmethod
    def read(cls, text: str, context: str) -> Cursor | None:
        """The cursor in a URL, or None when it is damaged, invented, or made for another list, order or filter."""
        try:
            found = signing.Signer(salt=SALT).unsign_object(text)
            made_for, backwards, *key = found
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return cls(context, bool(backwards), tuple(key)) if made_for == context else None


@dataclass(frozen=True)
class Slice(Generic[M]):
    """The rows of one page and whether there are more on either side."""

    rows: list[M]
    before: bool
    after: bool


class _Beyond(Func):
    """`(a, b) < (x, y)` as a row comparison."""

    output_field = BooleanField()
    arity = None

    def __init__(self, *expressions: Any, sign: str) -> None:
        super().__init__(*expressions)
        self.sign = sign

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_more: Any, **_extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        parts: list[str] = []
        params: list[Any] = []
        for expression in self.get_source_expressions():
            sql, values = compiler.compile(expression)
            parts.append(sql)
            params.extend(values)
        half = len(parts) // 2
        return f"({', '.join(parts[:half])}) {self.sign} ({', '.join(parts[half:])})", tuple(params)


@dataclass(frozen=True)
class Manner:
    """How a page is read.

    keys_only   rows carry their primary key and the sorted columns alone; the caller loads what it shows by the keys
    few         so few rows match that all of them are read and sorted: walking along an index in the order wanted
                may pass a million others before it meets them. Keeps PostgreSQL from that plan.
    """

    keys_only: bool = False
    few: bool = False


PLAIN = Manner()


def fetch(queryset: QuerySet[M], order: Order, cursor: Cursor | None, size: int, manner: Manner = PLAIN) -> Slice[M]:
    """The page of `size` rows at `cursor` (the first without one): one query of at most size + 1 rows.

    Raises ValueError when the key does not fit the columns. Paging back past the start gives the first page (a second
    query), so that a first page is always full.
    """
    backwards = cursor is not None and cursor.backwards
    downwards = order.descending is not backwards
    rows = queryset.order_by(*(_sorted_by(name, downwards, manner) for name in order.sort.fields))
    columns = _columns(queryset, order.sort)
    if cursor is not None:
        rows = rows.filter(_beyond(order.sort, columns, cursor.key, "<" if downwards else ">"))
    if manner.keys_only:
        rows = rows.only("pk", *order.sort.fields)
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if not backwards:
        return Slice(found, before=cursor is not None, after=more)
    if not more:
        return fetch(queryset, order, None, size, manner)
    return Slice(found[::-1], before=True, after=True)


def _sorted_by(name: str, downwards: bool, manner: Manner) -> OrderBy:
    column = Greatest(F(name), F(name)) if manner.few else F(name)  # no index serves the first
    return OrderBy(column, descending=downwards)


def key_of(row: Model, sort: Sort) -> tuple[str, ...]:
    """The key of a row, as text."""
    return tuple(str(row.pk if name == "pk" else getattr(row, name)) for name in sort.fields)


def _columns(queryset: QuerySet[Any], sort: Sort) -> list[Field[Any, Any]]:
    """The columns of a sort. A mistake in a list's declaration is said at its first use."""
    meta = queryset.model._meta
    columns = []
    for name in sort.fields:
        column = meta.pk if name == "pk" else meta.get_field(name)
        column = column.output_field if isinstance(column, GeneratedField) else column
        if not isinstance(column, Field) or (column.null and not sort.filled):
            raise ImproperlyConfigured(f"sort {sort.name!r}: {meta.label}.{name} may be empty")
        columns.append(column)
    return columns


def _beyond(sort: Sort, columns: list[Field[Any, Any]], key: tuple[str, ...], sign: str) -> _Beyond:
    if len(key) != len(columns):
        raise ValueError("the key has another number of columns")
    try:
        values = [column.to_python(text) for column, text in zip(columns, key, strict=True)]
    except ValidationError as error:
        raise ValueError("the key does not fit the columns") from error
    bound = [Value(value, output_field=column) for value, column in zip(values, columns, strict=True)]
    return _Beyond(*(F(name) for name in sort.fields), *bound, sign=sign)
