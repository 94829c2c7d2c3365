"""A running firm and a browser, shared by all browser tests of a session."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.e2e import firm as firms

CHROMIUM = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# A microphone that beeps, allowed without a question.
CHROMIUM += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

FRESH_SECONDS = 10 * 60
PATIENCE_MS = 20_000  # a busy machine is slow, not wrong

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[firms.Firm]:
    running = firms.start(tmp_path_factory.mktemp("firm"))
    yield running
    running.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed with the last browser test: while it is open an event loop runs in this thread, beside which Django's
    test client reaches no asynchronous view."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("Chromium is missing: `apt-get install chromium` (make test installs it when it may)")
    expect.set_options(timeout=PATIENCE_MS)
    arguments = [*CHROMIUM, "--no-sandbox"] if os.geteuid() == 0 else CHROMIUM
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def signed_in(firm: firms.Firm, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The stored session of a role's demo account, signed in once through the real page, and again when it was left
    alone for so long that the idle lock may have closed it."""
    folder, used = tmp_path_factory.mktemp("sessions"), dict[str, float]()

    def state(role: str) -> Path:
        file, now = folder / f"{role}.json", time.monotonic()
        if now - used.get(role, -FRESH_SECONDS) >= FRESH_SECONDS:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{firm.url}/account/login/")
            page.fill("[name=login]", firm.accounts[role].staff_no)
            page.fill("[name=password]", firm.accounts[role].password)
            page.click("form:has([name=password]) button[type=submit]")
            page.wait_for_url(f"{firm.url}/")
            context.storage_state(path=file)
            context.close()
        used[role] = now
        return file

    return state


@pytest.fixture
def open_as(firm: firms.Firm, browser: Browser, signed_in: Callable[[str], Path]) -> Iterator[OpenPage]:
    """`open_as(role, path, language="zh-hans", size=WIDE)`: a page of the firm as a role sees it.

    Whatever the page complains of (script errors, refused content, failed requests) fails the test at its end.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(role: str, path: str, language: str = "zh-hans", size: dict[str, int] = WIDE) -> Page:
        context = browser.new_context(storage_state=signed_in(role), viewport=size, base_url=firm.url)  # type: ignore[arg-type]
        context.add_cookies([{"name": "django_language", "value": language, "url": firm.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("console", lambda line: complaints.append(line.text) if _is_complaint(line) else None)
        page.on("request", lambda request: _stays_home(request.url, firm.url, complaints))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(line: ConsoleMessage) -> bool:
    """Whether a line of the console speaks of a fault; a conflict is answered with 409 on purpose, and a test that
    takes the network away sees ERR_FAILED."""
    return line.type == "error" and not any(known in line.text for known in ("409 (Conflict)", "net::ERR_FAILED"))


def _stays_home(url: str, home: str, complaints: list[str]) -> None:
    if not url.startswith((home, "data:", "blob:")):
        complaints.append(f"a request left for another host: {url}")
