"""One chromium for all browser tests, a world of its own for each, and a picture of how each ended that failed; with
ARTEFACTS=FOLDER pictures of all are kept there."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from sandbox.bot import Bot
from sandbox.ports import free_port
from sandbox.whole import Sandbox
from tests.nursery import QuickSandbox

NAMES = ("chromium", "chromium-browser", "google-chrome")
WAITS_MS = 20_000
FAILED = pytest.StashKey[bool]()
Opens = Callable[..., Page]
Shoots = Callable[[Page, str], None]


def installed() -> str | None:
    """The system's chromium."""
    return next((found for found in map(shutil.which, NAMES) if found), None)


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    """It, running without a window."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--renderer-process-limit=1"]
    browser = playwright.chromium.launch(executable_path=installed(), args=flags)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's chromium. Without one the tests are skipped, or fail where CI is set.

    For this package only: Playwright's event loop stays on in this thread, where no other one could be run.
    """
    if installed() is None:
        missing = "no chromium here: apt-get install chromium, to see the page's tests run"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox five times as fast as life. Its bot runs only for tests that ask for `bot`."""
    with QuickSandbox(tmp_path, speed=5, bot_port=free_port()) as box:
        yield box


@pytest.fixture
def bot(box: Sandbox) -> Bot:
    """The sandbox's bot, started."""
    box.bot.start()
    return box.bot


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def shoots(request: pytest.FixtureRequest, tmp_path: Path) -> Shoots:
    """Keeps a picture of a page as it looks now, named after the test and a word: where ARTEFACTS says, or of a test
    that failed. A picture takes as long as opening the page."""
    wanted, folder = "ARTEFACTS" in os.environ, Path(os.environ.get("ARTEFACTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)

    def shoots(page: Page, word: str) -> None:
        if wanted or request.node.stash.get(FAILED, False):
            page.screenshot(path=folder / f"{request.node.name}-{word}.png")

    return shoots


@pytest.fixture
def opens(chromium: Browser, box: Sandbox, shoots: Shoots) -> Iterator[Opens]:
    """Opens the page in a window of its own (keywords of `new_context`), without the guide. Errors in it fail."""
    pages: list[Page] = []
    errors: list[str] = []

    def opens(guide: bool = False, **context: object) -> Page:
        page = chromium.new_context(**context).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(WAITS_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if not guide:
            page.add_init_script("localStorage.tour ??= '{\"open\": false}'")
        page.goto(box.slack.base_url)
        page.locator("#ecs .task").first.wait_for(state="attached")
        pages.append(page)
        return page

    yield opens
    for number, page in enumerate(pages):
        shoots(page, str(number))
        page.context.close()
    assert errors == []
