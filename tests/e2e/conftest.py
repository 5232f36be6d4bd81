"""A real headless Chromium, and pages that report what went wrong in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from suanshi.web.console import BUILT

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000  # milliseconds; the machine may be slow and busy

expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert (BUILT / "index.html").exists(), "the console is not built: run `npm ci && npm run build` in console/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=4 * PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, platform: object) -> Iterator[OpenPage]:
    """Opens pages of the running platform, each in a browser profile of its own; any error in a page fails the test."""
    errors: list[str] = []
    contexts = []

    def opened(width: int = 1366, height: int = 860) -> Page:
        context = browser.new_context(
            base_url=platform.url,  # type: ignore[attr-defined]
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where a test leaves pictures of what it saw."""
    folder = tmp_path / "screenshots"
    folder.mkdir()
    return folder
