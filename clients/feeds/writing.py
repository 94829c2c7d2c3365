"""What was sifted goes into the table: new rows by one INSERT, changed ones by one UPDATE, nothing else."""

# ruff: noqa: S608 (the SQL is made of declarations in code; what a file says stays in tables)

from __future__ import annotations

from clients.feeds.load import Load
from clients.feeds.sift import compared, values


def write(load: Load, *, new: bool, changed: bool) -> None:
    """Write the rows of `sifted`; `new` and `changed` say whether there are any."""
    load.feed.before_write(load)
    if load.feed.months:
        _make_months(load)
    if new:
        _insert(load)
    if changed:
        _update(load)
    load.feed.after_write(load)


def _make_months(load: Load) -> None:
    """The partitions for the months of these rows and no others, however far apart their days lie."""
    load.run(
        f"""SELECT clients_ensure_months('{load.feed.table}', month, month)
            FROM (SELECT DISTINCT date_trunc('month', day)::date AS month
                  FROM (SELECT DISTINCT day FROM sifted WHERE fate IN ('new', 'changed')) AS days) AS months"""
    )


def _insert(load: Load) -> None:
    row = {store: f"sifted.{store}" for store in values(load) if store not in load.feed.elsewhere}
    row |= {extra.store: extra.insert for extra in load.feed.extras}
    row |= _defaults(load, set(row))
    load.run(
        f"""INSERT INTO {load.feed.table} ({", ".join(row)})
            SELECT {", ".join(row.values())} FROM sifted {load.feed.write_joins} WHERE sifted.fate = 'new'
            {_in_key_order(load)}"""
    )


def _in_key_order(load: Load) -> str:
    """Facts go in as their index is sorted: a million rows in any other order take twice as long."""
    return f"ORDER BY {', '.join(f'sifted.{store}' for store in load.feed.row_key)}" if load.feed.months else ""


def _defaults(load: Load, filled: set[str]) -> dict[str, str]:
    """What the model says a new row has in the columns that the feed does not fill."""
    defaults: dict[str, str] = {}
    for field in load.feed.model._meta.concrete_fields:
        if field.column and field.column not in filled and not field.primary_key and not field.null:
            name = f"default_{field.column}"
            load.params[name] = load.at if getattr(field, "auto_now_add", False) else field.get_default()
            defaults[field.column] = f"%({name})s"
    return defaults


def _update(load: Load) -> None:
    """A fact that comes again with another day moves to that day's partition: PostgreSQL does it on UPDATE."""
    pairs = [f"{store} = sifted.{store}" for store in compared(load) if store not in load.feed.elsewhere]
    pairs += [f"{extra.store} = {extra.update}" for extra in load.feed.extras if extra.update]
    if not pairs:
        return
    same = " AND ".join(f"old.{store} = sifted.was_{store}" for store in load.feed.row_key)
    load.run(
        f"""UPDATE {load.feed.table} AS old SET {", ".join(pairs)}
            FROM sifted {load.feed.write_joins} WHERE sifted.fate = 'changed' AND {same}"""
    )
