"""What pictures are taken of: a world of its own with its bot, windows on it, and the file that is kept."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from sandbox.whole import Sandbox

FOLDER = Path("docs/img")
MOST_BYTES = 150_000
QUALITY = 85
WAITS_MS = 180_000
WIDE: Any = {"viewport": {"width": 1400, "height": 760}, "reduced_motion": "reduce"}
TALL: Any = WIDE | {"viewport": {"width": 1400, "height": 860}}
PHONE: Any = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@dataclass(frozen=True)
class Stage:
    """A world of its own with its bot running."""

    box: Sandbox
    chromium: Browser

    def opens(self, **context: Any) -> Page:
        """A window on it, without the guide."""
        page = self.chromium.new_context(locale="en-GB", **context).new_page()
        page.set_default_timeout(WAITS_MS)
        page.add_init_script("localStorage.tour ??= '{\"open\": false}'")
        page.goto(self.box.slack.base_url)
        expect(page.locator("#bot")).to_have_attribute("data-state", "running")
        return page


def keep(page: Page, name: str, part: Locator | None = None, *, margin: int = 0, scale: float = 1) -> None:
    """Writes docs/img/NAME.webp, of a part with a margin or of all; RuntimeError if it is too large for a README."""
    page.mouse.move(0, 0)
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished.catch(() => {})))")
    size: Any = page.viewport_size
    box = (part.bounding_box() if part else None) or {"x": 0, "y": 0, **size}
    left, top = max(0, box["x"] - margin), max(0, box["y"] - margin)
    clip = {"x": left, "y": top, "width": min(box["width"] + 2 * margin, size["width"] - left)}
    clip |= {"height": min(box["height"] + 2 * margin, size["height"] - top), "scale": scale}
    args = {"format": "webp", "quality": QUALITY, "clip": clip}
    shot = base64.b64decode(page.context.new_cdp_session(page).send("Page.captureScreenshot", args)["data"])
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.webp").write_bytes(shot)
    print(f"{name}.webp: {len(shot) // 1024} KiB")
    if len(shot) > MOST_BYTES:
        raise RuntimeError(f"{name}.webp has {len(shot)} bytes; crop it below {MOST_BYTES}")
