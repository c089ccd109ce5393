"""Log lines of a stage: one page on a phone, newest at the bottom."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.log_lines import MOST_LINES, LogLine
from bot.messages.kit import (
    Block,
    Message,
    actions,
    button,
    clock,
    code,
    code_block,
    context,
    escape,
    link,
    message,
    section,
    units,
)

_SHORTEST, _SHORT = 4, 8
_A_LINE = 300
"""UTF-16 units of a line as Slack counts them, escapes included: twenty fit in one message (Slack facts 1.2)."""

_A_BLOCK = 2_600
_GROUP = re.compile(r"[\w./#-]+", re.ASCII)
_CONSOLE = "https://{region}.console.aws.amazon.com"
_ELSEWHERE: Mapping[str, str] = {
    "awsfirelens": "FireLens sends them on: look where its log router's output goes.",
    "splunk": "Look in Splunk, at the source that the task definition names.",
    "fluentd": "Look where that fluentd sends them.",
    "gelf": "Look in the Graylog that the task definition names.",
    "syslog": "Look in the syslog of the container instance.",
    "journald": "On the container instance: journalctl CONTAINER_NAME=…",
    "json-file": "They stay on the container instance: docker logs there.",
    "local": "They stay on the container instance: docker logs there.",
    "none": "Docker throws them away. Set logDriver to awslogs to keep them.",
    "": "Set logDriver to awslogs to keep them; without one, Docker on the container instance may still have them.",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown: `lines` of at most A_PAGE, oldest first; `tasks`: stream → id of its task. `opened`: id of the
    entry that says who opened it; `note`: mrkdwn of ours above the lines; `elsewhere`: log drivers of other tasks."""

    stack: str
    stage: str
    container: str
    others: tuple[str, ...]
    lines: Sequence[LogLine]
    tasks: Mapping[str, str]
    stopped: bool = False
    opened: int = 0
    newer: bool = False
    older: bool = False
    group: str = ""
    region: str = ""
    note: str = ""
    following: bool = False
    elsewhere: tuple[str, ...] = ()


def log_page(page: Page) -> Message:
    """The page with its buttons; they carry the id of the entry that opened it."""
    title = f"Logs of {escape(page.stack)} / {escape(page.stage)}"
    blocks = [section(_head(page, title))]
    blocks += [section(text, whole=True) for text in _code_blocks(page)]
    blocks += [context(*_facts(page))]
    wanted = [] if page.following else _buttons(page)
    blocks += [actions(*wanted)] if wanted else []
    return message(f"{title}: {len(page.lines)} lines", *blocks)


def unread(page: Page, driver: str) -> Message:
    """The container writes to where the bot cannot look."""
    name = f"{escape(page.stack)} / {escape(page.stage)}"
    by = f"the log driver {code(driver, 60)}" if driver else "no log driver"
    fact = f"Container {code(page.container, 60)} of {name} has {by}; I read {code('awslogs')} only."
    hint = _ELSEWHERE.get(driver, "Look where that driver sends them.")
    text = f"{fact} {hint}"
    return message(text, section(text), *([context(_others(page))] if page.others else []))


def as_text(lines: Sequence[LogLine], tasks: Mapping[str, str]) -> str:
    """The lines as a text file: time in UTC, task, text."""
    return "".join(f"{line.at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + f"Z {_task(line, tasks)} {line.text}\n" for line in lines)


def file_comment(stack: str, stage: str, container: str, count: int) -> str:
    """The text beside the file."""
    return (
        f"Here are the last {count:,} log lines of {escape(stack)} / {escape(stage)}, container "
        f"{escape(container, 60)}, times in UTC, secrets masked."
    )


def _head(page: Page, title: str) -> str:
    ids = sorted(set(page.tasks.values()))
    which = f"task {code(ids[0][:_SHORT])}" if len(ids) == 1 else f"{len(ids)} tasks"
    parts = [f"*{title}*", f"container {code(page.container, 60)}", which + (", stopped" if page.stopped else "")]
    return " · ".join(parts) + (f"\n{page.note}" if page.note else "")


def _code_blocks(page: Page) -> list[str]:
    if not page.lines:
        return ["No lines within the last two weeks. New ones may take some seconds to come."]
    ids = set(page.tasks.values())
    several, short = len(ids) > 1, _telling(ids)
    chunks: list[list[str]] = [[]]
    size = 0
    for line in page.lines:
        text = _fitting(f"{line.at:%H:%M:%S} " + (f"{_task(line, page.tasks)[:short]} " if several else "") + line.text)
        size += _size(text) + 1
        if size > _A_BLOCK:
            chunks.append([])
            size = _size(text) + 1
        chunks[-1].append(text)
    return [code_block(chunk, _A_BLOCK + _A_LINE) for chunk in chunks]


def _telling(ids: Collection[str]) -> int:
    """As few characters as tell the tasks apart: a phone's line has room for thirty."""
    enough = (count for count in range(_SHORTEST, _SHORT) if len({one[:count] for one in ids}) == len(ids))
    return next(enough, _SHORT)


def _fitting(text: str) -> str:
    """Cut so that it stays below _A_LINE however much of it must be escaped."""
    if _size(text) <= _A_LINE:
        return text
    while _size(text) > _A_LINE - 1:
        text = text[: -max(1, (_size(text) - _A_LINE) // 5)]
    return f"{text}…"


def _size(text: str) -> int:
    return units(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def _facts(page: Page) -> list[str | Block]:
    days = {line.at.date() for line in page.lines}
    when = f"{min(days):%d %b} to {max(days):%d %b}, " if len(days) > 1 else ""
    day = f"{min(days):%d %b}, " if len(days) == 1 else ""
    told = [f"{when or day}newest at the bottom, times in UTC, secrets masked", console(page.region, page.group)]
    others = [f"Other tasks write to {', '.join(code(one, 60) for one in page.elsewhere)}, where I cannot look."]
    others = (others if page.elsewhere else []) + ([_others(page)] if page.others else [])
    return [" · ".join(part for part in told if part), *others]


def _others(page: Page) -> str:
    names = ", ".join(code(name, 60) for name in page.others[:5])
    typed = code(f"/tinystacks logs {page.stack} {page.stage} --container {page.others[0]}")
    return f"Other containers: {names} · {typed}"


def console(region: str, group: str) -> str:
    """A link to the log group in CloudWatch; empty where there is none."""
    if not _GROUP.fullmatch(group):
        return ""
    name = group.replace("/", "$252F").replace("#", "$2523")
    where = f"{_CONSOLE.format(region=region)}/cloudwatch/home?region={region}"
    return link(f"{where}#logsV2:log-groups/log-group/{name}", "CloudWatch")


def _buttons(page: Page) -> list[Block]:
    value = str(page.opened)
    buttons = [button("Newer", "logs:newer", value)] if page.newer else []
    buttons += [button("More", "logs:more", value, spoken_as="Older lines")] if page.older else []
    buttons += [button("Follow 2 min", "logs:follow", value)] if not page.stopped else []
    as_file = button("As a file", "logs:file", value, spoken_as=f"The last {MOST_LINES:,} lines as a file")
    return buttons + ([as_file] if page.newer or page.older else [])


def _task(line: LogLine, tasks: Mapping[str, str]) -> str:
    return tasks.get(line.stream, line.stream)[:_SHORT]


def sent(comment: str) -> str:
    """The note once the file is there."""
    return f"📎 I sent it to you in a direct message. {comment}"


def following(until: datetime) -> str:
    """The note while lines are followed."""
    return f"🔵 Following until {clock(until)} at the latest: I look again after 5, 15, 45 and 120 seconds."


def followed(at: datetime) -> str:
    """The note at the end of it."""
    return f"⚪ Followed until {clock(at)}."
