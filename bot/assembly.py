"""The bot put together: settings and config to adapters, adapters to the engine; started and stopped in order."""

import gc
import logging
import secrets
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import commands
from bot import VERSION
from bot.adapters.aws.ecs import AwsEcs
from bot.adapters.aws.groups import AwsGroups
from bot.adapters.aws.hardware import AwsHardware
from bot.adapters.aws.images import AwsImages
from bot.adapters.aws.logs import AwsLogs
from bot.adapters.aws.scaling import AwsScaling
from bot.adapters.aws.sessions import Sessions, Way
from bot.adapters.aws.usage import AwsMetrics
from bot.adapters.calendar import CronCalendar
from bot.adapters.charts import PillowCharts
from bot.adapters.metrics import Metrics
from bot.adapters.scheduler import Clock, Scheduler
from bot.adapters.secrets import DetectedSecrets
from bot.adapters.slack.client import Identity, identity, web_client
from bot.adapters.slack.inbound import Inbound
from bot.adapters.slack.outbound import SlackChat
from bot.adapters.slack.people import SlackPeople
from bot.adapters.slack.signed import Signed
from bot.adapters.slack.socket_mode import SocketMode
from bot.adapters.sqlite import AuditFile, SqliteStore
from bot.adapters.web import Server, serve, web_app
from bot.domain.errors import NotPossible, Unavailable, Unrecorded
from bot.domain.stacks import Config
from bot.engine.changes import LOOK
from bot.engine.commands import House, discover
from bot.engine.dispatch import Dispatch
from bot.engine.heads import post_head
from bot.engine.home import HOME
from bot.engine.homes import About
from bot.engine.intake import Intake
from bot.engine.outbox import KEY
from bot.engine.pictures import PICTURE
from bot.engine.ports import Ports
from bot.engine.steps import prune, step_of
from bot.engine.timings import Timings
from bot.settings import Settings

_log = logging.getLogger(__name__)

_PATIENCE = timedelta(seconds=20)
# One second of the ten is for what comes before and after.
_GRACE = timedelta(seconds=9)
_DRAIN_SECONDS = 2.0
# A dead AWS region holds each look for minutes: what is said to Slack, and calls for other regions, go on meanwhile.
_LANES = {KEY: 1, LOOK: 4, HOME: 1, PICTURE: 1}
# Python's own 5 ms, times every busy thread, would be spent before each of the few turns that an answer to Slack takes.
_SWITCH_SECONDS = 0.0005


class Assembly:
    """One running bot. Raises what an adapter raises when it cannot work at all: InUse, NoDatabase, NotPossible."""

    def __init__(self, settings: Settings, config: Config, timings: Timings) -> None:
        self._settings = settings
        self._clock = Clock()
        self._slack = web_client(settings.bot_token, settings.api_url, timings.http_timeout)
        self._home = _home(partial(identity, self._slack), config)
        self._store = SqliteStore(settings.database_path)
        self._scheduler = Scheduler(self._store, self._clock, lanes=_LANES)
        self._sessions = Sessions(timings)
        self._house = House(config, self._ports(self._sessions), timings, discover(commands), about=self._about())
        self._intake = Intake(self._store, Dispatch(self._house))
        self._metrics = Metrics(self._counts())
        inbound = Inbound(self._intake.receive, lambda: self._home, self._clock.now)
        self._receive = self._metrics.timed(inbound.receive)
        self._socket: SocketMode | None = None
        self._web: Server | None = None

    def start(self) -> None:
        """What was left over comes first, then the outside is let in."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        with suppress(Unrecorded):
            prune(self._house)
            post_head(self._house)
        self._intake.resume()
        self._scheduler.start(step_of(self._house))
        settings, now = self._settings, self._clock.now
        over_http = None if settings.app_token else Signed(settings.signing_secret or "", self._receive)
        app = web_app(self.health, now, over_http, self._metrics.registry)
        self._web = serve(app, settings.host, settings.port)
        if settings.app_token:
            self._socket = SocketMode(settings.app_token, settings.api_url, self._receive, now)
            self._socket.start(_PATIENCE)
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()
        _log.info("Ready over %s", "Socket Mode" if self._socket else f"HTTP on port {settings.port}")

    def stop(self) -> bool:
        """Lets nobody in, finishes what runs, all within ten seconds. False: something still runs, in a thread that
        keeps the process; it loses nothing by being killed, since the next start takes up what is left."""
        end = self._clock.now() + _GRACE
        if self._socket:
            self._socket.stop(_DRAIN_SECONDS)
        if self._web:
            self._web.stop(_DRAIN_SECONDS)
        answered = self._intake.stop(self._seconds_until(end) / 2)
        stepped = self._scheduler.stop(self._seconds_until(end))
        if answered and stepped:
            self._store.close()
        return answered and stepped

    def _seconds_until(self, end: datetime) -> float:
        """Never more than there were at first, whatever the clock is set to meanwhile."""
        return min(_GRACE.total_seconds(), max(0.0, (end - self._clock.now()).total_seconds()))

    def health(self) -> Mapping[str, str | None]:
        """Name → what is wrong with it, or None."""
        return {
            "slack": self._slack_problem(),
            "database": self._store.problem(),
            "scheduler": None if self._scheduler.alive() else "the scheduler does not run",
        }

    def _ports(self, sessions: Sessions) -> Ports:
        return Ports(
            ecs=AwsEcs(sessions),
            images=AwsImages(sessions),
            logs=AwsLogs(sessions),
            secrets=DetectedSecrets(),
            scaling=AwsScaling(sessions),
            groups=AwsGroups(sessions),
            metrics=AwsMetrics(sessions),
            hardware=AwsHardware(sessions),
            charts=PillowCharts(),
            chat=SlackChat(self._slack, self._clock.now),
            people=SlackPeople(self._slack, lambda: self._home, self._clock.now),
            store=self._store,
            audit=AuditFile(self._settings.database_path),
            wakes=self._scheduler,
            calendar=CronCalendar(),
            now=self._clock.now,
            new_id=lambda: secrets.token_hex(8),
        )

    def _about(self) -> About:
        return About(VERSION, self._clock.now(), self.health)

    def _warm_up(self) -> None:
        """AWS's service models are a few hundred thousand objects that stay. Read before the first command wants them,
        then left alone by the garbage collector, which would stop every thread for a tenth of a second to walk them."""
        for region in {stage.place.region for stack in self._house.config.stacks for stage in stack.stages}:
            for service in ("ecs", "ecr", "logs", "application-autoscaling", "autoscaling", "cloudwatch"):
                self._sessions.reader(service, Way(None, region))
        self._house.ports.secrets.find("")
        gc.collect()
        gc.freeze()

    def _slack_problem(self) -> str | None:
        if self._settings.app_token is None:
            return None
        return self._socket.problem() if self._socket else "not connected to Slack yet"

    def _counts(self) -> Mapping[str, tuple[str, "partial[int]"]]:
        return {
            "changes_running": ("Changes that hold a stage or roll out", partial(self._count, "running_changes")),
            "messages_unsent": ("Messages with something to send to Slack", partial(self._count, "unsent_postings")),
            "wakes": ("Wake-ups that wait", partial(self._count, "wakes")),
        }

    def _count(self, what: str) -> int:
        with self._store.transaction() as tx:
            return len(getattr(tx, what)())


def _home(ask: "partial[Identity]", config: Config) -> Identity:
    """The bot in its workspace. Slack out of reach is no reason not to start; another workspace's token is."""
    try:
        home = ask()
    except Unavailable as error:
        _log.warning("Slack does not answer yet: %s", error)
        return Identity(team_id=config.workspace)
    if home.team_id != config.workspace:
        raise NotPossible(
            f"SLACK_BOT_TOKEN is of workspace {home.team_id}, tinystacks.yml says workspace: {config.workspace}.",
            "Use the token of that workspace, or correct workspace: in tinystacks.yml.",
        )
    return home
