"""The digests of phones' last four digits, for the clients that were there before the column.

Sealed values are opened some thousands at a time, each portion in a transaction of its own: stopped halfway, it goes on
where it was.
"""

from django.db import migrations

from crm.personal.hide import look_up_tail
from crm.personal.seal import unseal

PORTION = 5_000
READ = """
SELECT id, phone_sealed FROM {table}
WHERE id > %s AND phone_sealed IS NOT NULL AND {column} IS NULL ORDER BY id LIMIT %s
"""
WRITE = """
UPDATE {table} AS t SET {column} = f.tail FROM unnest(%s::bigint[], %s::bytea[]) AS f (id, tail)
WHERE t.id = f.id AND f.tail IS NOT NULL
"""
COLUMNS = (("clients_client", "phone_tail_digest"), ("clients_extraphone", "tail_digest"))


def fill(apps, schema_editor):
    for table, column in COLUMNS:
        last = 0
        while last is not None:
            last = fill_portion(schema_editor.connection, table, column, after=last)


def fill_portion(connection, table, column, *, after):
    """Fill the portion behind the row `after`. Returns the last row's id, or None when there was nothing left."""
    with connection.cursor() as cursor:
        cursor.execute(READ.format(table=table, column=column), [after, PORTION])
        rows = cursor.fetchall()
        if not rows:
            return None
        tails = [look_up_tail(unseal(sealed, purpose="client.phone"), purpose="client.phone_tail") for _id, sealed in rows]
        cursor.execute(WRITE.format(table=table, column=column), [[pk for pk, _sealed in rows], tails])
    return rows[-1][0]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("clients", "0013_care_corrections_contacts_lists")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
