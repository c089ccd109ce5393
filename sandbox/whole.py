"""The whole sandbox as one value: Slack, ECS and the bot, for the command line, the stories and the benches."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import ClassVar

from sandbox.bot import RUN, Bot, environ_of
from sandbox.bot_routes import BotWatch, bot_routes
from sandbox.ecs.control import routes
from sandbox.ecs.seed import seed as seed_ecs
from sandbox.ecs.world import World
from sandbox.live import live
from sandbox.page_routes import page_routes
from sandbox.slack.http_delivery import HttpDelivery
from sandbox.slack.person import Person
from sandbox.slack.rates import RATES
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import seed as seed_slack

CONFIG = Path(__file__).with_name("tinystacks.yml")
SIGNING_SECRET = "sandbox-signing-secret"


class Sandbox:
    """`with Sandbox(folder) as box:` serves both worlds; `box.bot.start()` starts the bot against them.

    `port`: of Slack, 0 takes free ones; AWS listens on the next. `http_port`: the bot's, for HTTP delivery instead of
    Socket Mode. `command`: how the bot is started. Without `limits` Slack's rate limits are off."""

    bots: ClassVar[type[Bot]] = Bot

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        speed: float = 1.0,
        bot_port: int = 0,
        over_http: bool = False,
        command: Sequence[str] = RUN,
        config: Path = CONFIG,
        limits: bool = True,
    ) -> None:
        self.folder, self._port, self._bot_port = folder, port, bot_port
        self._over_http, self._command, self._config = over_http, command, config
        self.world = World(speed=speed)
        seed_ecs(self.world)
        delivery = HttpDelivery(f"http://127.0.0.1:{bot_port}/slack/events", SIGNING_SECRET) if over_http else None
        watch = BotWatch(lambda: self.bot, bot_port)
        served = [*routes(self.world), *page_routes(config), *bot_routes(watch), live(self.world, watch)]
        self.slack = SlackServer(seed_slack(), port, delivery=delivery, routes=served, rates=RATES if limits else None)
        self._stack = ExitStack()

    def __enter__(self) -> "Sandbox":
        with ExitStack() as stack:
            self.aws_url = stack.enter_context(self.world.serving(self._port and self._port + 1))
            self.world.start()
            stack.callback(self.world.stop)
            self.bot = self.bots(self._environ(), self._command, self.folder / "bot.log")
            stack.enter_context(self.slack)
            stack.callback(self.bot.stop)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)

    @property
    def database(self) -> Path:
        """The bot's database."""
        return self.folder / "tinystacks.db"

    def person(self, user_id: str, channel: str = "C0DEPLOYS") -> Person:
        """Somebody at the keyboard."""
        return Person(self.slack.base_url, user_id, channel)

    def _environ(self) -> dict[str, str]:
        environ = environ_of(
            self.slack.api_url, self.aws_url, self.folder, self._config, PORT=str(self._bot_port), LOG_LEVEL="info"
        )
        if self._over_http:
            del environ["SLACK_APP_TOKEN"]
            environ["SLACK_SIGNING_SECRET"] = SIGNING_SECRET
        return environ
