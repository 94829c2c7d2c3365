"""Merging, checking and compiling message catalogues."""

import gettext
from pathlib import Path

import pytest

from scripts import catalogues
from scripts.catalogues import merge, missing, write
from scripts.messages import Found, found_messages, in_python, in_template

GOOD = """
msgid "Hello %(name)s"
msgstr "你好 %(name)s"

msgctxt "month"
msgid "May"
msgstr "五月"

msgid "One thing"
msgid_plural "%(n)s things"
msgstr[0] "%(n)s 件"
"""


def fragments(folder: Path, **texts: str) -> Path:
    """A folder with one fragment for each name."""
    for name, text in texts.items():
        (folder / f"{name}.po").write_text(text)
    return folder


def test_fragments_become_one_catalogue_that_gettext_reads(tmp_path: Path) -> None:
    merged = merge(fragments(tmp_path, a=GOOD, b='msgid ""\n"Long "\n"words"\nmsgstr "长"\n'))
    assert merged.faults == []
    write(merged, tmp_path / "zh_Hans" / "LC_MESSAGES")
    found = gettext.translation("django", str(tmp_path), ["zh_Hans"])
    assert found.gettext("Hello %(name)s") == "你好 %(name)s"
    assert found.pgettext("month", "May") == "五月"
    assert found.ngettext("One thing", "%(n)s things", 1) == "%(n)s 件"
    assert found.gettext("Long words") == "长"
    assert found.gettext("Unknown") == "Unknown"


def test_the_same_fragments_give_the_same_bytes(tmp_path: Path) -> None:
    folder = fragments(tmp_path, a=GOOD)
    for name in ("one", "two"):
        write(merge(folder), tmp_path / name)
    for ending in ("po", "mo"):
        assert (tmp_path / "one" / f"django.{ending}").read_bytes() == (
            tmp_path / "two" / f"django.{ending}"
        ).read_bytes()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('#, fuzzy\nmsgid "A"\nmsgstr "甲"\n', "marked fuzzy: 'A'"),
        ('msgid "A"\nmsgstr ""\n', "not translated: 'A'"),
        ('msgid "A %(x)s"\nmsgstr "甲"\n', "placeholders differ (x in English)"),
        ('msgid "A {x}"\nmsgstr "甲 {y}"\n', "placeholders differ (x in English)"),
        ('msgid "A\nmsgstr "甲"\n', "a.po: line 1 is not in the form of a catalogue"),
    ],
)
def test_a_faulty_entry_is_told_and_left_out(tmp_path: Path, text: str, fault: str) -> None:
    merged = merge(fragments(tmp_path, a=text))
    assert fault in merged.faults[0]
    assert merged.entries == {}


def test_two_fragments_that_agree_and_two_that_differ(tmp_path: Path) -> None:
    first, second = 'msgid "A"\nmsgstr "甲"\n', 'msgid "A"\nmsgstr "乙"\n'
    assert merge(fragments(tmp_path, a=first, b=first)).faults == []
    merged = merge(fragments(tmp_path, a=first, b=second))
    assert merged.faults == ["'A' is translated in two ways: 甲 (a.po), 乙 (b.po)"]
    assert merged.entries[(None, "A")].string == "甲"


def test_texts_of_a_template(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("""{% load i18n %}<p
      title="{% trans "Title" %}">
   don't "quote {# _("no") #}</p>
{% blocktranslate trimmed with a=b %}
  {{ a }} of
  many
{% endblocktranslate %}
{% blocktrans count n=c %}One{% plural %}{{ n }} things{% endblocktrans %}
{% translate "May" context "month" %}{% include "x" with t=_("Inside") %}{{ y|default:_("Filter") }}""")
    found = [(one.context, one.text, one.where) for one in in_template(page, tmp_path)]
    assert found == [
        (None, "Title", "page.html:2"),
        (None, "%(a)s of many", "page.html:4"),
        (None, "One", "page.html:8"),
        ("month", "May", "page.html:9"),
        (None, "Inside", "page.html:9"),
        (None, "Filter", "page.html:9"),
    ]


def test_a_broken_template_is_named(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("{% blocktrans %}{% if x %}{% endblocktrans %}")
    with pytest.raises(SyntaxError, match=r"page\.html"):
        list(in_template(page, tmp_path))


def test_texts_of_python(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        '_("One")\ngettext_lazy("Two " "words")\npgettext("c", "Three")\nngettext("four", "fours", n)\nf("no")\n'
    )
    found = [(one.context, one.text) for one in in_python(code, tmp_path)]
    assert found == [(None, "One"), (None, "Two words"), ("c", "Three"), (None, "four")]


def test_what_has_no_chinese_is_told_with_its_place(tmp_path: Path) -> None:
    merged = merge(fragments(tmp_path, a='msgid "Known"\nmsgstr "已知"\n'))
    found = [Found(None, "Known", "x.py:1"), Found(None, "Unknown", "x.py:2"), Found("c", "Known", "x.py:3")]
    assert missing(merged, found) == ["x.py:2: no Chinese for 'Unknown'", "x.py:3: no Chinese for 'Known'"]


def test_the_project_is_searched_without_migrations(tmp_path: Path) -> None:
    for folder in ("crm/migrations", "templates/crm"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "crm" / "views.py").write_text('_("View")\n')
    (tmp_path / "crm" / "migrations" / "0001_initial.py").write_text('_("Old")\n')
    (tmp_path / "templates" / "crm" / "page.html").write_text('{% load i18n %}{% trans "Page" %}{% trans "View" %}')
    (tmp_path / "templates" / "mail.txt").write_text('{% load i18n %}{% trans "Mail" %}')
    assert [one.text for one in found_messages(tmp_path)] == ["View", "Page", "Mail"]


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    good = merge(fragments(tmp_path, a='msgid "A"\nmsgstr "甲"\n'))
    monkeypatch.setattr(catalogues, "merge", lambda: good)
    monkeypatch.setattr(catalogues, "found_messages", lambda: [Found(None, "A", "x.py:1")])
    monkeypatch.setattr("sys.argv", ["catalogues", "--check"])
    catalogues.main()
    assert "1 translations, none missing." in capsys.readouterr().out
    good.faults.append("a fault")
    with pytest.raises(SystemExit, match="a fault\n1 faults in the translations"):
        catalogues.main()
