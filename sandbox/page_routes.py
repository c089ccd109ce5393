"""What the page is made of: its files, and what it needs to know of the world beside the control API."""

import secrets
from pathlib import Path

import yaml
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from sandbox.page_feed import page_feed
from sandbox.slack.workspace import Json

FOLDER = Path(__file__).with_name("page")
# What the app posts may show pictures from anywhere; everything else comes from here.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src * data:"
FRESH = {"Cache-Control": "no-cache"}


class _Files(StaticFiles):
    """Asks again each time, so that an edited file is seen at the next reload."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(FRESH)
        return response


def page_routes(config: Path) -> list[BaseRoute]:
    """`/`, the files under `/page/`, and `/sandbox/page/world` and `feed`. `config`: the tinystacks.yml of the bot."""
    world = secrets.token_hex(4)
    known = {"world": world, "stacks": stacks_of(config)}

    async def feed(request: Request) -> Response:
        return await page_feed(request, world)

    return [
        Route("/", _index),
        Route("/sandbox/page/world", lambda _: JSONResponse(known)),
        Route("/sandbox/page/feed", feed),
        Mount("/page", _Files(directory=FOLDER)),
    ]


async def _index(_request: Request) -> Response:
    return FileResponse(FOLDER / "index.html", headers=FRESH | {"Content-Security-Policy": POLICY})


def stacks_of(config: Path) -> list[Json]:
    """Names for the composer's completion: [{name, description, stages: [NAME, …]}]."""
    stacks = yaml.safe_load(config.read_text()).get("stacks") or {}
    return [
        {"name": name, "description": one.get("description", ""), "stages": [stage["name"] for stage in one["stages"]]}
        for name, one in stacks.items()
    ]
