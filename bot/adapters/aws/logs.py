"""The Logs port on CloudWatch Logs (ECS facts 2, Logs).

The last lines of many streams in one call: FilterLogEvents, newest first (`startFromHead` false, AWS's own paging
order). Of a few streams GetLogEvents is exact and asks for nobody else's lines. Measured with 80 ms a call: 100 streams
take one or two calls either way of asking, and would take 100 calls of GetLogEvents.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from bot.adapters.aws.sessions import Sessions, Way
from bot.adapters.aws.translate import Asked, code_of, translated
from bot.domain.ecs import LogTarget
from bot.domain.errors import AccessDenied, NotFound
from bot.domain.log_lines import LogLine
from bot.domain.stacks import Place

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient

MOST_LINES = 10_000
EMPTY_PAGES = 3
"""GetLogEvents may answer an empty page although older events exist: so many are passed over."""
FEW = 3
"""Streams that are read one by one, side by side."""
SPANS = (timedelta(hours=1), timedelta(days=14))
"""How far FilterLogEvents looks back: the second only where the first holds too few lines."""
PAGES = 4
"""Of one span: pages may hold few events, or only those of other services in the same group."""
MISSING = "ResourceNotFoundException"
NAME_IT_RIGHT = "The task definition names it (awslogs-group): create it, or correct that, then try again."


@dataclass
class AwsLogs:
    """Reads streams named `{prefix}/{container}/{task id}`."""

    sessions: Sessions

    def tail(self, place: Place, target: LogTarget, container: str, task_id: str, lines: int) -> tuple[str, ...]:
        """See the port. Empty without a stream prefix: the stream is then named after a Docker id nobody told."""
        if not target.stream_prefix:
            return ()
        place, stream = _of(place, target), f"{target.stream_prefix}/{container}/{task_id}"
        return tuple(_text(event) for event in self._stream(place, target.group, stream, {"limit": lines}))

    def newest(
        self, place: Place, target: LogTarget, streams: Sequence[str], until: datetime, most: int
    ) -> tuple[LogLine, ...]:
        """See the port."""
        place = _of(place, target)
        read = self._one_by_one if len(streams) <= FEW else self._filtered
        return tuple(sorted(read(place, target.group, streams, until, most), key=lambda line: line.at)[-most:])

    def group_exists(self, place: Place, target: LogTarget) -> bool:
        """See the port."""
        try:
            self._insist_on_group(_of(place, target), target.group)
        except NotFound:
            return False
        return True

    def _one_by_one(
        self, place: Place, group: str, streams: Sequence[str], until: datetime, most: int
    ) -> list[LogLine]:
        # GetLogEvents leaves out what happened at endTime itself.
        asked = {"limit": most, "endTime": _ms(until) + 1}
        with ThreadPoolExecutor(FEW, thread_name_prefix="logs") as pool:
            parts = pool.map(lambda stream: self._stream(place, group, stream, asked), streams)
            return [_line(event, stream) for stream, part in zip(streams, parts, strict=True) for event in part]

    def _stream(self, place: Place, group: str, stream: str, asked: dict[str, Any]) -> Sequence[Any]:
        with self._reading("GetLogEvents", place) as client:
            try:
                return _last(client, group, stream, asked | {"limit": min(asked["limit"], MOST_LINES)})
            except ClientError as error:
                if code_of(error) != MISSING:
                    raise
        self._insist_on_group(place, group)
        return ()

    def _filtered(self, place: Place, group: str, streams: Sequence[str], until: datetime, most: int) -> list[LogLine]:
        wanted, prefix = frozenset(streams), _common(streams)
        asked: dict[str, Any] = {"logGroupName": group, "endTime": _ms(until), "limit": min(2 * most, MOST_LINES)}
        asked |= {"logStreamNamePrefix": prefix} if prefix else {}
        found: list[LogLine] = []
        for span in SPANS:
            found = self._span(place, asked | {"startTime": _ms(until - span)}, wanted, most)
            if len(found) >= most:
                break
        # Newest first; turned round, lines of one time stand as they were written.
        return found[::-1]

    def _span(self, place: Place, asked: dict[str, Any], wanted: frozenset[str], most: int) -> list[LogLine]:
        found: list[LogLine] = []
        with self._reading("FilterLogEvents", place) as client:
            for _ in range(PAGES):
                answer = _filter(client, place, asked)
                found += [
                    _line(one, one["logStreamName"]) for one in answer["events"] if one["logStreamName"] in wanted
                ]
                if len(found) >= most or not answer.get("nextToken"):
                    break
                asked = asked | {"nextToken": answer["nextToken"]}
        return found

    @contextmanager
    def _reading(self, call: str, place: Place) -> Iterator["CloudWatchLogsClient"]:
        with translated(Asked("logs", call, place)):
            yield self.sessions.reader("logs", Way(place.role_arn, place.region))

    def _insist_on_group(self, place: Place, group: str) -> None:
        """AWS says the same of a missing group and of a stream nobody has written to yet.

        Raises NotFound for the group. A role that may not list streams gets the benefit of the doubt."""
        try:
            with self._reading("DescribeLogStreams", place) as client, _missing(group, place):
                client.describe_log_streams(logGroupName=group, limit=1)
        except AccessDenied:
            return


@contextmanager
def _missing(group: str, place: Place) -> Iterator[None]:
    """Raises NotFound for the group where that is what AWS says."""
    try:
        yield
    except ClientError as error:
        if code_of(error) == MISSING:
            raise NotFound("log group", group, place.region, NAME_IT_RIGHT) from error
        raise


def _filter(client: "CloudWatchLogsClient", place: Place, asked: dict[str, Any]) -> Any:
    with _missing(asked["logGroupName"], place):
        return client.filter_log_events(**asked, startFromHead=False)


def _last(client: "CloudWatchLogsClient", group: str, stream: str, asked: dict[str, Any]) -> Sequence[Any]:
    page: dict[str, Any] = {}
    for _ in range(EMPTY_PAGES):
        answer = client.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=False, **asked, **page)
        if answer["events"] or page.get("nextToken") == answer["nextBackwardToken"]:
            break
        page = {"nextToken": answer["nextBackwardToken"]}
    return answer["events"]


def _common(streams: Sequence[str]) -> str:
    """What all of them begin with."""
    pairs = zip(min(streams), max(streams), strict=False)
    return "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _of(place: Place, target: LogTarget) -> Place:
    return replace(place, region=target.region or place.region)


def _line(event: Any, stream: str) -> LogLine:
    return LogLine(datetime.fromtimestamp(event["timestamp"] / 1000, UTC), stream, _text(event))


def _text(event: Any) -> str:
    return str(event["message"]).rstrip("\r\n")


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
