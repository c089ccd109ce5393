"""The real process on a database that is locked, on a disk that takes no byte more, and with secrets planted wherever
they could slip out."""

import json
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.ports import free_port
from sandbox.slack.http_delivery import FORM, signed
from sandbox.whole import SIGNING_SECRET
from tests import nearby
from tests.nursery import QuickSandbox
from tests.stories.hasty import HASTY
from tests.stories.services import add_services, configured
from tests.stories.told import Story, shown_once, text_of, waits_until

STACKS = ("locked", "cramped", "followed", "leaky")
WHY = "I cannot write to my database"
BOT_TOKEN = "xoxb-" + "sandbox"
AWS_ID, AWS_KEY = "AKIA" + "PLANTEDPLANTED01", "plantedSecretKeyOfTheBotItself/planted00"
SESSION = "plantedSessionTokenOfTheBotItself//planted=="


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A bot at LOG_LEVEL=debug over HTTP whose every secret is known to the test."""
    folder, port = tmp_path_factory.mktemp("survive"), free_port()
    config = folder / "tinystacks.yml"
    config.write_text(configured(STACKS, "10m", {}))
    box = QuickSandbox(folder, bot_port=port, speed=30, over_http=True, config=config, limits=False, command=HASTY)
    add_services(box.world, STACKS)
    with box:
        box.bot.environ |= {
            "LOG_LEVEL": "debug",
            "AWS_ACCESS_KEY_ID": AWS_ID,
            "AWS_SECRET_ACCESS_KEY": AWS_KEY,
            "AWS_SESSION_TOKEN": SESSION,
        }
        told = Story(box, port)
        told.starts()
        yield told


def health(here: Story) -> tuple[int, str]:
    """The status of /healthz, and what it says of the database."""
    answer = nearby.get(f"http://127.0.0.1:{here.port}/healthz", timeout=10)
    return answer.status_code, str(answer.json()["checks"]["database"])


def changes_of(here: Story, stack: str) -> int:
    with closing(sqlite3.connect(f"file:{here.box.database}?mode=ro", uri=True)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM changes WHERE stack = ?", (stack,)).fetchone()
    return int(count)


@contextmanager
def locked(here: Story) -> Iterator[None]:
    """Somebody's sqlite3 shell with a transaction that was never ended."""
    with closing(sqlite3.connect(here.box.database, isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        yield
        shell.execute("ROLLBACK")


@contextmanager
def cramped(here: Story) -> Iterator[None]:
    """The kernel lets no file of the bot grow beyond what its log needs."""
    assert here.box.bot.pid is not None
    room = (here.box.folder / "bot.log").stat().st_size + 20_000
    before = resource.prlimit(here.box.bot.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(here.box.bot.pid, resource.RLIMIT_FSIZE, (room, before[1]))
    yield
    resource.prlimit(here.box.bot.pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("trouble", "stack", "reason"),
    [
        (locked, "locked", "another program holds it locked"),
        (cramped, "cramped", "its disk does not take what I write"),
    ],
)
def test_changes_are_refused_looks_are_answered_and_all_goes_on_by_itself(
    here: Story, trouble: Any, stack: str, reason: str
) -> None:
    with trouble(here):
        waits_until(lambda: health(here)[0] == 503)
        assert reason in health(here)[1]
        here.ana.types(f"/tinystacks deploy {stack} staging v43 --yes")
        refused = here.told(WHY, reason)
        assert "Nothing was changed" in refused
        here.answers("help", "What I understand")
    waits_until(lambda: health(here) == (200, "ok"))
    assert changes_of(here, stack) == 0
    assert here.called("RegisterTaskDefinition", stack) == []
    here.asks(stack)


def test_a_rollout_under_way_is_followed_to_its_end_after_the_lock(here: Story) -> None:
    here.deploys("followed")
    here.thread("followed", "Started")
    with locked(here):
        waits_until(lambda: health(here)[0] == 503)
        waits_until(lambda: here.service("followed").primary.state == "COMPLETED")
    here.card("followed", "succeeded")
    here.thread("followed", "Succeeded")
    assert shown_once(here.ana, "*Deploy followed → staging*")
    assert len(here.called("UpdateService", "followed")) == 1


def secrets_in(here: Story) -> list[str]:
    """Everything that opens a door, or did."""
    tickets = here.slack.state.tickets
    issued = [*tickets.response_urls, *tickets.triggers]
    return [BOT_TOKEN, AWS_ID, AWS_KEY, SESSION, SIGNING_SECRET, *map(str, issued)]


def goes_wrong_everywhere(here: Story) -> None:
    """Every way to an error that a person, Slack or AWS can cause."""
    here.answers("nonsense", "I know no verb")
    here.answers("deploy leaky staging nowhere", "AWS has no image")
    here.world.faults.deny("DescribeServices")
    here.answers("deploy leaky staging v43", "AWS")
    here.world.faults.clear()
    here.world.faults.unreachable(1)
    here.answers("deploy leaky staging v43", "AWS")
    here.world.faults.clear()
    for method in ("chat.postMessage", "chat.update", "users.info", "views.open"):
        here.slack.add_fault("error", method, error="fatal_error")
    here.answers("deploy leaky staging v43 --yes", "")
    here.ana.types("/tinystacks deploy")
    here.thread("leaky", "Started")
    _posts_what_slack_never_would(here)


def _posts_what_slack_never_would(here: Story) -> None:
    url = f"http://127.0.0.1:{here.port}/slack/events"
    hush = json.dumps({"type": "block_actions", "trigger_id": "1.2.0123456789abcdef0123", "response_url": "http://x/y"})
    for body in (
        b"payload=" + hush.encode(),
        b"payload=[]",
        b"command=%2Ftinystacks&trigger_id=1.2.0123456789abcdef0123",
    ):
        for secret in (SIGNING_SECRET, "another"):
            headers = signed(secret, body, int(time.time())) | {"Content-Type": FORM}
            assert nearby.post(url, content=body, headers=headers).status_code in (200, 400, 401, 500)


def test_no_secret_is_in_the_log_a_row_or_a_message_whatever_goes_wrong(here: Story) -> None:
    goes_wrong_everywhere(here)
    here.box.bot.stop()
    shown = json.dumps([one for person in (here.ana, here.bo) for one in map(text_of, person.sees())])
    rows = b"".join(path.read_bytes() for path in Path(here.box.folder).glob("tinystacks.db*"))
    assert len(secrets_in(here)) > 15
    for secret in [*secrets_in(here), "1.2.0123456789abcdef0123"]:
        assert secret not in here.log
        assert secret not in shown
        assert secret.encode() not in rows
    assert "Traceback" in here.log
