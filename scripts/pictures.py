"""Takes the pictures of README.md from a running demo firm into docs/pictures: `python -m scripts.pictures [URL]`.

Needs Playwright (requirements-dev.txt) and Debian's Chromium. Pictures are of the Chinese pages, 1400 wide. Those of
docs/mornings.md are taken by the tests that tell these mornings: tests/e2e/mornings.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

import django
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
URL = "http://localhost:8000"
SIZE = (1400, 860)


class Picture(NamedTuple):
    """A page as one member of staff sees it. `link` is followed first: a selector on the page at `path`."""

    name: str
    staff_no: str
    path: str
    link: str = ""
    size: tuple[int, int] = SIZE


PICTURES = (
    Picture("home", "1102", "/"),
    Picture("list", "1102", "/clients/?group=movement&group=core&group=at_risk&group=new"),
    Picture("client", "1107", "/clients/?group=movement", link="a[data-row-link]", size=(1400, 1000)),
    Picture("segmentation", "8401", "/segmentation/"),
    Picture("imports", "8101", "/imports/"),
    Picture("queue", "1105", "/calls/queue/"),
    Picture("call", "1105", "/calls/finished/", link="a[data-row-link]", size=(1400, 1000)),
    Picture("board", "8001", "/calls/board/"),
    Picture("plans", "8401", "/plans/"),
    Picture("phone", "1107", "/clients/", size=(390, 780)),
)


def sign_in(page: Page, url: str, staff_no: str) -> None:
    """Sign in with a demo account. Raises AssertionError when the firm does not let him in."""
    page.goto(f"{url}{settings.LOGIN_URL}")
    page.fill("input[name=login]", staff_no)
    page.fill("input[name=password]", settings.DEMO_PASSWORD)
    page.click("button[type=submit]:near(input[name=password])")
    page.wait_for_load_state("networkidle")
    assert "login" not in page.url, f"{staff_no} could not sign in at {url}"


def take(browser: Browser, url: str, picture: Picture) -> Path:
    """Take one picture; returns its file."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    try:
        page = context.new_page()
        sign_in(page, url, picture.staff_no)
        page.goto(url + picture.path)
        if picture.link:
            page.locator(picture.link).first.click()
        page.wait_for_load_state("networkidle")
        target = FOLDER / f"{picture.name}.png"
        page.screenshot(path=target, animations="disabled")
        return target
    finally:
        context.close()


def main(url: str) -> int:
    """Take all pictures from the firm that runs at `url`."""
    django.setup()  # the sign-in's address is looked up by its name
    FOLDER.mkdir(parents=True, exist_ok=True)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=as_root)
        for picture in PICTURES:
            print(take(browser, url, picture))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else URL))
