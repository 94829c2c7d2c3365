"""The Dockerfile without an engine: its image put together in a folder as it says, and its own commands run there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.install import bundled_node, installed_node

Instruction = tuple[str, str]


def instructions(text: str) -> Iterator[Instruction]:
    """Name and arguments of each instruction, continued lines joined."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in filter(None, lines.replace("\\\n", " ").splitlines()):
        name, _blank, arguments = line.partition(" ")
        yield name, arguments.strip()


def stages(project: Path) -> list[list[Instruction]]:
    """The instructions of each stage, without its FROM."""
    found: list[list[Instruction]] = []
    for instruction in instructions((project / "Dockerfile").read_text()):
        if instruction[0] == "FROM":
            found.append([])
        else:
            found[-1].append(instruction)
    return found


def of_kind(stage: list[Instruction], name: str) -> list[str]:
    return [arguments for kind, arguments in stage if kind == name]


def copy_in(project: Path, folder: Path, stage: list[Instruction]) -> None:
    """What the stage copies from the project, and nothing that .dockerignore leaves out."""
    for arguments in of_kind(stage, "COPY"):
        if arguments.startswith("--from"):
            continue
        *sources, target = shlex.split(arguments)
        for source in sources:
            place = folder / target if target != "./" else folder / source
            if (project / source).is_dir():
                left_out = shutil.ignore_patterns("__pycache__", "*.pyc", "dist", "*.mo")
                shutil.copytree(project / source, place, ignore=left_out, dirs_exist_ok=True)
            else:
                shutil.copy(project / source, place)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last stage's folder, before its last commands; the bundle is a file of the test's."""
    project = Path(__file__).resolve().parents[2]
    folder = tmp_path_factory.mktemp("image")
    copy_in(project, folder, stages(project)[-1])
    (folder / "static" / "dist").mkdir()
    (folder / "static" / "dist" / "app.js").write_text("")
    return folder


def run(command: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_bundle_is_built_by_the_first_stage(project: Path, tmp_path: Path) -> None:
    first = stages(project)[0]
    copy_in(project, tmp_path, first)
    install, build = of_kind(first, "RUN")
    assert install.startswith("npm ci"), "which needs the network; here the packages are those of the project"
    (tmp_path / "node_modules").symlink_to(project / "node_modules")
    node = installed_node() or bundled_node()
    npm = shlex.join(map(str, node.npm))
    assert build.startswith("npm ")
    done = run(build.replace("npm", npm, 1), tmp_path, {"PATH": f"{node.folder}:/usr/bin:/bin", "HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "static" / "dist").glob("*.js")]


def test_the_last_commands_run_with_what_was_copied_and_nothing_else(project: Path, image: Path) -> None:
    """Without a database, without keys, without the rest of the project."""
    last = stages(project)[-1]
    variables = dict(re.findall(r"(\w+)=(\S+)", " ".join(of_kind(last, "ENV"))))
    variables |= {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "CRM_VAR": str(image / "var")}
    variables["TMPDIR"] = str(image)
    done = run(of_kind(last, "RUN")[-1], image, variables)
    assert done.returncode == 0, done.stderr
    assert list(image.glob("locale/*/LC_MESSAGES/django.mo"))
    assert (image / "staticfiles" / "staticfiles.json").is_file()
    assert list(image.glob("crm/__pycache__/*.pyc"))
    assert not (image / "var").exists(), "no key and no data come into the image"
    loaded = run(
        "python manage.py check && python -c 'import crm.wsgi, crm.celery'", image, variables | {"SECRET_KEY": "x"}
    )
    assert loaded.returncode == 0, loaded.stderr


def test_whoever_runs_it_is_nobody_and_owns_nothing_but_the_data(project: Path) -> None:
    last = stages(project)[-1]
    make_user, *_rest = of_kind(last, "RUN")
    assert re.search(r"useradd --system --uid 10001 .*--shell /usr/sbin/nologin crm\b", make_user)
    assert "install -d -o crm -g crm -m 0750 /var/lib/crm" in make_user
    assert of_kind(last, "USER") == ["10001:10001"]
    order = [name for name, _arguments in last]
    assert order.index("USER") > max(place for place, name in enumerate(order) if name in ("RUN", "COPY"))
    assert "chown" not in (project / "Dockerfile").read_text()


def test_images_are_pinned_to_a_release(project: Path) -> None:
    bases = [
        arguments.split()[0] for name, arguments in instructions((project / "Dockerfile").read_text()) if name == "FROM"
    ]
    assert all(re.fullmatch(r"[a-z]+:\d+(\.\d+)?(-[a-z]+)*", base) for base in bases)
    python = next(base for base in bases if base.startswith("python"))
    assert python.startswith(f"python:{sys.version_info.major}.{sys.version_info.minor}-")


def test_secrets_and_data_do_not_reach_the_builder(project: Path) -> None:
    """Everything is left out but what is named."""
    lines = [line for line in (project / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert not [line for line in lines if line.startswith(("!deploy", "!var", "!.", "!tests"))]
