"""The Logs port on CloudWatch Logs (ECS facts 2, Logs)."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from bot.adapters.aws.sessions import Sessions, Way
from bot.adapters.aws.translate import Asked, code_of, translated
from bot.domain.ecs import LogTarget
from bot.domain.errors import AccessDenied, NotFound
from bot.domain.stacks import Place

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient

MOST_LINES = 10_000
EMPTY_PAGES = 3
"""GetLogEvents may answer an empty page although older events exist: so many are passed over."""


@dataclass
class AwsLogs:
    """Reads streams named `{prefix}/{container}/{task id}`."""

    sessions: Sessions

    def tail(self, place: Place, target: LogTarget, container: str, task_id: str, lines: int) -> tuple[str, ...]:
        """See the port. Empty without a stream prefix: the stream is then named after a Docker id nobody told."""
        if not target.stream_prefix:
            return ()
        place = replace(place, region=target.region or place.region)
        stream = f"{target.stream_prefix}/{container}/{task_id}"
        with translated(Asked("logs", "GetLogEvents", place)):
            client = self.sessions.reader("logs", Way(place.role_arn, place.region))
            try:
                return _last(client, target.group, stream, min(lines, MOST_LINES))
            except ClientError as error:
                if code_of(error) != "ResourceNotFoundException":
                    raise
        self._insist_on_group(place, target.group)
        return ()

    def group_exists(self, place: Place, target: LogTarget) -> bool:
        """See the port."""
        try:
            self._insist_on_group(replace(place, region=target.region or place.region), target.group)
        except NotFound:
            return False
        return True

    def _insist_on_group(self, place: Place, group: str) -> None:
        """AWS says the same of a missing group and of a stream nobody has written to yet.

        Raises NotFound for the group. A role that may not list streams gets the benefit of the doubt."""
        try:
            with translated(Asked("logs", "DescribeLogStreams", place)):
                client = self.sessions.reader("logs", Way(place.role_arn, place.region))
                try:
                    client.describe_log_streams(logGroupName=group, limit=1)
                except ClientError as error:
                    if code_of(error) == "ResourceNotFoundException":
                        raise NotFound("log group", group, place.region) from error
                    raise
        except AccessDenied:
            return


def _last(client: "CloudWatchLogsClient", group: str, stream: str, lines: int) -> tuple[str, ...]:
    page: dict[str, Any] = {}
    for _ in range(EMPTY_PAGES):
        answer = client.get_log_events(
            logGroupName=group, logStreamName=stream, limit=lines, startFromHead=False, **page
        )
        if answer["events"] or page.get("nextToken") == answer["nextBackwardToken"]:
            break
        page = {"nextToken": answer["nextBackwardToken"]}
    return tuple(event["message"].rstrip("\r\n") for event in answer["events"])
