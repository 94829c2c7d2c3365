"""What was sifted goes into the table: new rows by one INSERT, changed ones by one UPDATE, nothing else."""

# ruff: noqa: S608 (the SQL is made of declarations in code; what a file says stays in tables)

from __future__ import annotations

from clients.feeds.load import Load
from clients.feeds.sift import compared, values


def write(load: Load) -> None:
    """Write the rows of `sifted` whose fate is new or changed."""
    load.feed.before_write(load)
    if load.feed.months:
        _make_months(load)
    _insert(load)
    _update(load)
    load.feed.after_write(load)


def _make_months(load: Load) -> None:
    """The partitions for the months of these rows and no others, however far apart their days lie."""
    load.run(
        f"""SELECT clients_ensure_months('{load.feed.table}', month, month)
            FROM (SELECT DISTINCT date_trunc('month', day)::date AS month
                  FROM sifted WHERE fate IN ('new', 'changed')) AS months"""
    )


def _insert(load: Load) -> None:
    stores = [store for store in values(load) if store not in load.feed.elsewhere]
    columns = ", ".join([*stores, *(extra.store for extra in load.feed.extras)])
    row = ", ".join([*(f"sifted.{store}" for store in stores), *(extra.insert for extra in load.feed.extras)])
    load.run(
        f"""INSERT INTO {load.feed.table} ({columns})
            SELECT {row} FROM sifted {load.feed.write_joins} WHERE sifted.fate = 'new'"""
    )


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
