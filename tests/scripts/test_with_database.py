"""Commands beside the database, as the papers on backup use them."""

from __future__ import annotations

import subprocess
import sys

from scripts.with_database import main


def test_a_command_finds_the_database_and_its_programs() -> None:
    script = 'psql "$DATABASE_OWNER_URL" -Atc "SELECT current_user" && pg_dump --version'
    done = subprocess.run(
        [sys.executable, "-m", "scripts.with_database", "sh", "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("crm_owner\npg_dump (PostgreSQL) 18")


def test_the_exit_code_is_the_command_s() -> None:
    assert main(["sh", "-c", "exit 7"]) == 7
    assert main([]) == 2
