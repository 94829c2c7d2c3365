"""Message catalogues: merge the fragments, compile, and check that nothing is left untranslated.

    python -m scripts.catalogues            write locale/zh_Hans/LC_MESSAGES/django.{po,mo}
    python -m scripts.catalogues --check    exit code 1 when a text of the code has no Chinese

The source language is English. Chinese stands in `locale/fragments/<area>.po`, one file for each area.
"""

import argparse
import re
import sys
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from scripts.messages import PROJECT, Found, found_messages

LOCALE = "zh_Hans"
FRAGMENTS = PROJECT / "locale" / "fragments"
TARGET = PROJECT / "locale" / LOCALE / "LC_MESSAGES"
NAMED = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w+)\}(?!\})")
LINE = re.compile(r'|#.*|(msgctxt |msgid |msgid_plural |msgstr |msgstr\[\d\] )?"([^"\\]|\\.)*"')

Key = tuple[str | None, str]


@dataclass
class Merged:
    """All translations by context and English text, and what is wrong with them, in words."""

    entries: dict[Key, Message] = field(default_factory=dict)
    origin: dict[Key, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, message: Message, fragment: str) -> None:
        """Take one entry; the first of two that differ wins, and the second is a fault."""
        key = key_of(message)
        fault = fault_of(message)
        if fault:
            self.faults.append(f"{fragment}: {fault}: {key[1]!r}")
            return  # better the English words than wrong ones, or a page that fails over a placeholder
        known = self.entries.get(key)
        if known is None:
            self.entries[key], self.origin[key] = message, fragment
        elif strings(known.string) != strings(message.string):
            both = f"{strings(known.string)[0]} ({self.origin[key]}), {strings(message.string)[0]} ({fragment})"
            self.faults.append(f"{key[1]!r} is translated in two ways: {both}")


def strings(value: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """A text or its plural forms, always as a tuple."""
    return (value or "",) if isinstance(value, str | None) else tuple(value)


def key_of(message: Message) -> Key:
    """What an entry is found by."""
    return message.context, strings(message.id)[0]


def names_in(text: str) -> set[str]:
    """Names of the placeholders in a text, in both of Python's styles."""
    return {one or other for one, other in NAMED.findall(text)}


def fault_of(message: Message) -> str | None:
    """What is wrong with a single entry, None when nothing is."""
    if message.fuzzy:
        return "marked fuzzy"
    translated = strings(message.string)
    if not all(translated):
        return "not translated"
    wanted = names_in(strings(message.id)[-1])
    if any(names_in(text) != wanted for text in translated):
        return f"placeholders differ ({', '.join(sorted(wanted)) or 'none'} in English)"
    return None


def merge(folder: Path = FRAGMENTS) -> Merged:
    """Read all fragments in `folder`, in the order of their names. Broken files are faults, not exceptions."""
    merged = Merged()
    for path in sorted(folder.glob("*.po")):
        lines = path.read_text().splitlines()
        stray = [number for number, line in enumerate(lines, 1) if not LINE.fullmatch(line.strip())]
        if stray:
            merged.faults.append(f"{path.name}: line {stray[0]} is not in the form of a catalogue")
            continue
        try:
            catalog = read_po(BytesIO(path.read_bytes()), locale=LOCALE, charset="utf-8", abort_invalid=True)
        except (PoFileError, UnicodeDecodeError, ValueError) as error:
            merged.faults.append(f"{path.name}: cannot be read: {error}")
            continue
        for message in catalog:
            if message.id:
                merged.add(message, path.name)
    return merged


def write(merged: Merged, target: Path = TARGET) -> None:
    """Write the catalogue, as text and compiled. The same fragments give the same bytes."""
    catalog = Catalog(locale=LOCALE, charset="utf-8", header_comment="# Made from locale/fragments by make setup.")
    for key in sorted(merged.entries, key=lambda key: (key[1], key[0] or "")):
        message = merged.entries[key]
        flags = message.flags - {"fuzzy"}
        catalog.add(message.id, message.string, flags=flags, context=message.context)
    target.mkdir(parents=True, exist_ok=True)
    text, compiled = BytesIO(), BytesIO()
    catalog.mime_headers = [("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", catalog.plural_forms)]
    write_po(text, catalog, width=0, omit_header=True)
    write_mo(compiled, catalog)
    header = f'msgid ""\nmsgstr ""\n"Language: {LOCALE}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    header += f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    (target / "django.po").write_text(header + text.getvalue().decode())
    (target / "django.mo").write_bytes(compiled.getvalue())


def missing(merged: Merged, found: list[Found]) -> list[str]:
    """Texts of the code without Chinese, each with the place where it stands."""
    return [
        f"{one.where}: no Chinese for {one.text!r}" for one in found if (one.context, one.text) not in merged.entries
    ]


def main() -> None:
    """Entry point; see the module's text."""
    parser = argparse.ArgumentParser(description="Merge and compile the message catalogues.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a translation is missing")
    merged = merge()
    if parser.parse_args().check:
        try:
            faults = merged.faults + missing(merged, found_messages())
        except SyntaxError as error:
            sys.exit(f"{error}")
        if faults:
            sys.exit("\n".join([*faults, f"{len(faults)} faults in the translations."]))
        print(f"{len(merged.entries)} translations, none missing.")
        return
    for fault in merged.faults:
        print(f"Warning: {fault}", file=sys.stderr)
    write(merged)


if __name__ == "__main__":
    main()
