"""Finding the texts that need a translation, in Python code and in templates, without gettext's programs."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
APPS = ("crm", "clients", "callbacks", "complaints", "education")
SKIP = {"migrations", "node_modules"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


@dataclass(frozen=True)
class Found:
    """One text of the code: its context, the English words (singular), and file:line."""

    context: str | None
    text: str
    where: str


def _extract(source: str, name: str) -> Iterator[Found]:
    for line, message, _comments, context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
        text = message if isinstance(message, str) else message[0]
        if text:
            yield Found(context, text, f"{name}:{line}")


def in_python(path: Path, root: Path = PROJECT) -> Iterator[Found]:
    """Texts marked in a Python file."""
    yield from _extract(path.read_text(), str(path.relative_to(root)))


def in_template(path: Path, root: Path = PROJECT) -> Iterator[Found]:
    """Texts marked in a Django template. Raises SyntaxError naming the file when the template is broken.

    Django itself turns a template into something that reads like code: marked texts as calls, the rest as filler.
    """
    if not settings.configured:
        settings.configure()
    name = str(path.relative_to(root))
    source = templatize(path.read_text(), origin=name)
    # Pages indent as they like; Python's reader does not take that.
    yield from _extract("\n".join(line.strip() for line in source.split("\n")), name)


def _sources(root: Path) -> Iterator[Iterator[Found]]:
    """The texts of each file, code first."""
    for app in APPS:
        code = sorted((root / app).rglob("*.py"))
        yield from (in_python(path, root) for path in code if not SKIP & set(path.parts))
    pages = [path for folder in ("templates", *APPS) for path in sorted((root / folder).rglob("*.html"))]
    yield from (in_template(path, root) for path in [*pages, *sorted((root / "templates").rglob("*.txt"))])


def found_messages(root: Path = PROJECT) -> list[Found]:
    """All texts of the project, each once (first place), by file and line."""
    found: dict[tuple[str | None, str], Found] = {}
    for one in itertools.chain.from_iterable(_sources(root)):
        found.setdefault((one.context, one.text), one)
    return list(found.values())
