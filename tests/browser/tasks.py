"""How long the page keeps its thread busy, as the browser itself traces it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

LONG_MS = 100
TASK = "ThreadControllerImpl::RunTask"


@contextmanager
def smooth(page: Page) -> Iterator[None]:
    """AssertionError if a task of the page's main thread worked longer than LONG_MS meanwhile.

    Counted is the thread's own time, not the wall's: what else the machine did makes no page slow.
    """
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
    try:
        yield
    finally:
        worked = sorted(_main_thread(json.loads(browser.stop_tracing())["traceEvents"]), reverse=True)
    assert worked, "the browser traced no task"
    print("longest tasks (ms):", worked[:5])
    assert worked[0] <= LONG_MS


def _main_thread(events: list[dict[str, Any]]) -> list[float]:
    """Milliseconds each task of the main threads worked; by the wall where the thread's own time is missing."""
    names = [one for one in events if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"]
    main = {(one["pid"], one["tid"]) for one in names}
    return [
        one.get("tdur", one.get("dur", 0)) / 1000
        for one in events
        if one["name"] == TASK and (one["pid"], one["tid"]) in main
    ]
