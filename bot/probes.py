"""What `python -m bot check` asks Slack and AWS, over the real adapters."""

from collections.abc import Callable
from datetime import datetime

from bot.adapters.aws.ecs import AwsEcs
from bot.adapters.aws.groups import AwsGroups
from bot.adapters.aws.hardware import AwsHardware
from bot.adapters.aws.images import AwsImages
from bot.adapters.aws.scaling import AwsScaling
from bot.adapters.aws.sessions import Sessions, Way
from bot.adapters.aws.translate import Asked, translated
from bot.adapters.aws.usage import AwsMetrics
from bot.adapters.scheduler import Clock
from bot.adapters.slack.client import identity, web_client
from bot.adapters.slack.outbound import SlackChat
from bot.adapters.slack.people import SlackPeople
from bot.adapters.slack.scopes import OPTIONAL, REQUIRED
from bot.adapters.sqlite import readable_by_others
from bot.doctor import Probes, SlackIdentity
from bot.domain.stacks import Place
from bot.engine.timings import Timings
from bot.scaling_probes import ScalingReads
from bot.settings import Settings


def probes(settings: Settings) -> Probes:
    """Read-only questions, all of them."""
    timings = Timings()
    slack, sessions = web_client(settings.bot_token, settings.api_url, timings.http_timeout), Sessions(timings)
    ecs, clock = AwsEcs(sessions), Clock()

    def slack_identity() -> SlackIdentity:
        home = identity(slack)
        return SlackIdentity(home.team_id, home.team_id, home.scopes)

    def aws_identity(place: Place) -> str:
        with translated(Asked("sts", "GetCallerIdentity", place)):
            answer = sessions.reader("sts", Way(place.role_arn, place.region)).get_caller_identity()
        return str(answer["Arn"])

    people = SlackPeople(slack, lambda: identity(slack), clock.now)
    return Probes(
        slack_identity=slack_identity,
        aws_identity=aws_identity,
        members=lambda group_id: people.members(group_id, fresh=True),
        channel=SlackChat(slack, clock.now).channel,
        describe_services=ecs.describe_services,
        describe_task_definition=ecs.describe_task_definition,
        newest=AwsImages(sessions).newest,
        readable_by_others=lambda: readable_by_others(settings.database_path),
        required_scopes=REQUIRED,
        optional_scopes=OPTIONAL,
        scaling_reads=_scaling_reads(ecs, sessions, clock.now),
    )


def _scaling_reads(ecs: AwsEcs, sessions: Sessions, now: Callable[[], datetime]) -> ScalingReads:
    scaling, groups = AwsScaling(sessions), AwsGroups(sessions)
    return ScalingReads(ecs, scaling, groups, AwsMetrics(sessions), AwsHardware(sessions), now)
