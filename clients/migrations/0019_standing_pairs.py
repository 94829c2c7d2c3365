"""Two indexes of the standings: a group within a branch in order of assets, and a manager's clients with their state.

The least assets of a branch are its dormant clients': who looks for them along the branch's own order would pass nearly
everybody else first. And a manager's clients are counted from his index alone.
"""

from importlib import import_module

from django.db import migrations, models

BEFORE = import_module("clients.migrations.0010_desk_list_indexes")
KEPT = import_module("clients.migrations.0018_standing_kept_indexes").KEPT
MANAGER, MANAGER_STATE = "'(manager_id, asset_band)'", "'(manager_id, asset_band) INCLUDE (status)'"
BRANCH_GROUP = '(branch_id, "group", asset_band)'
MORE = f"""{BEFORE.MORE},
            ('clients_standing_branch_group', '{BRANCH_GROUP}')"""
FUNCTION = BEFORE.FUNCTION.replace(KEPT, "")
assert MANAGER in FUNCTION
MAKE = f"""
DROP INDEX clients_standing_manager;
CREATE INDEX clients_standing_manager ON clients_standing (manager_id, asset_band) INCLUDE (status);
CREATE INDEX clients_standing_branch_group ON clients_standing {BRANCH_GROUP};
"""
BACK = """
DROP INDEX clients_standing_branch_group;
DROP INDEX clients_standing_manager;
CREATE INDEX clients_standing_manager ON clients_standing (manager_id, asset_band);
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0018_standing_kept_indexes")]

    operations = [
        migrations.RunSQL(FUNCTION.replace(MANAGER, MANAGER_STATE) % MORE, FUNCTION % BEFORE.MORE),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MAKE, BACK)],
            state_operations=[
                migrations.RemoveIndex(model_name="standing", name="clients_standing_manager"),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(
                        fields=["manager", "asset_band"], include=["status"], name="clients_standing_manager"
                    ),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["branch", "group", "asset_band"], name="clients_standing_branch_group"),
                ),
            ],
        ),
    ]
