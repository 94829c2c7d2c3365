"""The front end's own tests, run with the Node that built it."""

import subprocess
from pathlib import Path

from scripts.install import bundled_node, installed_node

PROJECT = Path(__file__).resolve().parents[2]


def test_scripts() -> None:
    node = installed_node() or bundled_node()
    tests = sorted(str(path) for path in (PROJECT / "tests" / "js").glob("*.test.mjs"))
    assert tests
    done = subprocess.run(
        [node.folder / "node", "--test", *tests], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
