"""One person at work: signs in, goes from page to page, and every page on the way is looked at.

A page that scrolls sideways, leaves English words among the Chinese, or complains in the console fails the story where
it happens. A step that fails says which one it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.mornings.records import Records
from tests.e2e.mornings.words import Words

NUMBER, DAY = re.compile(r"\d[\d,]*"), re.compile(r"\d{4}-\d\d-\d\d")
NARROW = 820  # below it the navigation is a drawer (static/src/css/nav.css)
PATIENCE_MS = 60_000  # for work in the background
MARGIN, SHORTEST = 24, 520  # of pictures, in pixels


@dataclass(frozen=True)
class Look:
    """In which language and how wide somebody looks at the pages."""

    language: str
    size: dict[str, int]

    @property
    def is_narrow(self) -> bool:
        return self.size["width"] <= NARROW

    def __str__(self) -> str:
        return f"{self.language}-{self.size['width']}"


class Morning:
    """The browser of the person with `staff_no`; `say` are the words of his language, `records` what was written."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        look: Look,
        records: Records,
        staff_no: str,
        password: str,
        pictures: Path | None,
    ) -> None:
        self.url, self.look, self.records, self.staff_no = url, look, records, staff_no
        self.password, self.pictures, self.say = password, pictures, Words(look.language)
        size: Any = look.size
        self.context = browser.new_context(viewport=size, base_url=url)
        self.context.add_cookies([{"name": "django_language", "value": look.language, "url": url}])
        self.complaints: list[str] = []
        self.page = self._listened_to(self.context.new_page())
        self.user_id, self.name = records.line("SELECT id, name FROM crm_user WHERE staff_no = %s", staff_no)

    def _listened_to(self, page: Page) -> Page:
        complain = self.complaints.append
        page.on("pageerror", lambda error: complain(f"script error on {page.url}: {error}"))
        page.on("console", lambda line: complain(f"{page.url}: {line.text}") if line.type == "error" else None)
        page.on("request", lambda request: self._stays_home(request.url))
        return page

    def _stays_home(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"a request left for another host: {url}")

    @contextmanager
    def step(self, words: str) -> Iterator[Page]:
        """A part of the story; the page it ends on is looked at."""
        try:
            yield self.page
            self.looked_at()
        except BaseException as error:
            error.add_note(f"in the step “{words}” of {self.name} ({self.look}), at {self.page.url}")
            raise

    def looked_at(self) -> None:
        """Nothing on the page stands out of it, is left untranslated, or was refused."""
        page = self.page
        wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1], f"{page.url} is {wide[0]} px wide on a screen of {wide[1]}"
        assert page.locator("html").get_attribute("lang") == ("en" if self.look.language == "en" else "zh-Hans")
        left, said = self.say.left_in_english(page), self.complaints
        assert not left, f"in English on {page.url}: {left}"
        assert not said, said

    # Going about

    def sign_in(self) -> None:
        """At the real page, by number and password; home greets by name."""
        page, say = self.page, self.say
        page.goto("/account/login/")
        self.looked_at()
        page.get_by_label(say("Staff number")).fill(self.staff_no)
        page.get_by_label(say("Password"), exact=True).fill(self.password)
        with page.expect_navigation():
            page.get_by_role("button", name=say("Sign in"), exact=True).click()
        expect(page).to_have_url(f"{self.url}/")
        expect(page.get_by_role("heading", level=1)).to_contain_text(self.name)
        self.looked_at()

    def goto(self, path: str) -> Page:
        """By an address somebody sent."""
        self.page.goto(path)
        self.looked_at()
        return self.page

    def follow(self, link: Locator) -> Page:
        """Click what leads to another page, and look at that one."""
        with self.page.expect_navigation():
            link.click()
        self.looked_at()
        return self.page

    def turn(self, link: Locator) -> Page:
        """Click what exchanges the list alone, and look at the new one."""
        before = self.page.url
        link.click()
        expect(self.page).not_to_have_url(before)
        self.looked_at()
        return self.page

    def open(self, label: str) -> Page:
        """A page of the navigation by its word; on a phone out of the drawer."""
        if self.look.is_narrow:
            self.page.locator(".tabbar a[href='#nav']").click()
        self.follow(self.page.locator("#nav").get_by_role("link", name=label, exact=True))
        return self.page

    def navigation(self) -> list[str]:
        """The words of the navigation, also where it is folded away."""
        return [text.strip() for text in self.page.locator("#nav .nav-link > span:first-of-type").all_text_contents()]

    def send(self, button: Locator) -> Page:
        """Press a button that sends its form, answer the question where one is asked, and look at what comes."""
        question = self.page.locator("#confirm")
        asks = button.evaluate("one => Boolean(one.dataset.confirm || one.form?.dataset.confirm)")
        if asks:
            button.click()
            expect(question).to_be_visible()
            button = question.locator("[data-yes]")
        return self.follow(button)

    def search(self, words: str) -> Locator:
        """Type into the box on top by its key; the clients that drop down."""
        page = self.page
        page.locator("body").press("/")
        expect(page.locator(".topsearch input")).to_be_focused()
        with page.expect_response(re.compile(r"/search/\?q=.")):
            page.keyboard.insert_text(words)
        return page.locator("#found [aria-labelledby=found-clients] [role=option]:not(.found-all)")

    def wait_for_job(self, result: Locator) -> None:
        """Wait where a job is under way; its result is there once the page is loaded anew."""
        if result.count():
            return
        expect(self.page.locator(".job .badge")).to_have_text(self.say("Done", "job"), timeout=PATIENCE_MS)
        self.page.reload()
        expect(result).to_be_visible()
        self.looked_at()

    # Reading

    def told(self, *words: str) -> None:
        """What the page tells after something was done."""
        for one in words:
            expect(self.page.locator(".messages")).to_contain_text(one)

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    def card(self, title: str) -> Locator:
        """The card with this heading."""
        heading = self.page.get_by_role("heading", level=2, name=title, exact=True)
        return self.page.locator(".card", has=heading)

    def card_of(self, number: str) -> Locator:
        """The card of the client with this number."""
        return self.page.locator(".card", has=self.page.locator(".card-head")).filter(has_text=grouped(number))

    def counted(self) -> int:
        """The number beside the heading of a list."""
        return number_in(self.page.locator(".page-note").first.inner_text())

    def rows(self) -> Locator:
        return self.page.locator("#list [data-row]")

    def value_of(self, word: str, within: Locator | None = None) -> Locator:
        """What stands beside a word in a list of words and values."""
        place = within if within is not None else self.page.locator(".content")
        return place.locator("dt", has_text=re.compile(f"^\\s*{re.escape(word)}\\s*$")).locator("+ dd")

    def choose(self, chip: str, *choices: str) -> None:
        """Tick choices of a filter and apply them; the address says them then."""
        box = self.page.locator(".chip", has=self.page.locator("legend", has_text=re.compile(f"^{re.escape(chip)}$")))
        box.locator("summary").click()
        for choice in choices:
            box.get_by_label(choice, exact=True).check()
        before = self.page.url
        box.get_by_role("button", name=self.say("Apply"), exact=True).click()
        expect(self.page).not_to_have_url(before)

    def unfold(self, summary: str) -> Locator:
        """Open a box by the word on it; the box."""
        box = self.page.locator("details.pop", has=self.page.locator("summary", has_text=summary)).first
        box.locator("summary").click()
        return box

    def picture(self, name: str, language: str) -> None:
        """Keep a picture for docs/mornings.md, where they are wanted and this morning is in its language."""
        if self.pictures is None or language != self.look.language:
            return
        page, size = self.page, self.look.size
        page.wait_for_load_state("networkidle")
        height = size["height"]
        if not self.look.is_narrow:  # no empty ground below what the page says
            bottom = page.evaluate("document.querySelector('.content').lastElementChild.getBoundingClientRect().bottom")
            height = min(height, max(int(bottom) + MARGIN, SHORTEST))
        clip: Any = {"x": 0, "y": 0, "width": size["width"], "height": height}
        page.screenshot(path=self.pictures / f"{name}.png", animations="disabled", clip=clip)


def number_in(text: str) -> int:
    """The first number in a text that is none of a day, its commas left out."""
    found = NUMBER.search(DAY.sub("", text))
    assert found is not None, f"no number in “{text}”"
    return int(found[0].replace(",", ""))


def grouped(number: str) -> str:
    """A client number as pages write it."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
