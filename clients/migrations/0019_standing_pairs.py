"""Indexes of the standings: a group within a branch in order of assets, a manager's clients with what is counted.

The least assets of a branch are its dormant clients': who looks for them along the branch's own order would pass nearly
everybody else first. And a manager's clients are counted from his index alone. The index of the counts begins with the
branch, a number: it is made in two thirds of the time, and looked into branch by branch where none is chosen.
"""

from importlib import import_module

from django.db import migrations, models

BEFORE = import_module("clients.migrations.0010_desk_list_indexes")
KEPT = import_module("clients.migrations.0018_standing_kept_indexes").KEPT
COUNTED = 'INCLUDE (branch_id, status, "group", tier, style, risk_level)'
MANAGER, MANAGER_STATE = "'(manager_id, asset_band)'", f"'(manager_id, asset_band) {COUNTED}'"
BRANCH_GROUP = '(branch_id, "group", asset_band)'
MORE = f"""{BEFORE.MORE},
            ('clients_standing_branch_group', '{BRANCH_GROUP}')"""
FUNCTION = BEFORE.FUNCTION.replace(KEPT, "")
assert MANAGER in FUNCTION
CELLS = '(branch_id, "group", tier, style, risk_level, status) INCLUDE (risk_until)'
assert BEFORE.CELLS in MORE
MORE = MORE.replace(BEFORE.CELLS, CELLS)
MAKE = f"""
DROP INDEX clients_standing_cells;
CREATE INDEX clients_standing_cells ON clients_standing {CELLS};
DROP INDEX clients_standing_manager;
CREATE INDEX clients_standing_manager ON clients_standing (manager_id, asset_band) {COUNTED};
CREATE INDEX clients_standing_branch_group ON clients_standing {BRANCH_GROUP};
"""
BACK = f"""
DROP INDEX clients_standing_cells;
CREATE INDEX clients_standing_cells ON clients_standing {BEFORE.CELLS};
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
                migrations.RemoveIndex(model_name="standing", name="clients_standing_cells"),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(
                        fields=["branch", "group", "tier", "style", "risk_level", "status"],
                        include=["risk_until"],
                        name="clients_standing_cells",
                    ),
                ),
                migrations.RemoveIndex(model_name="standing", name="clients_standing_manager"),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(
                        fields=["manager", "asset_band"],
                        include=["branch", "status", "group", "tier", "style", "risk_level"],
                        name="clients_standing_manager",
                    ),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["branch", "group", "asset_band"], name="clients_standing_branch_group"),
                ),
            ],
        ),
    ]
