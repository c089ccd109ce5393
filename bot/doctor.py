"""`python -m bot check`: reads everything the bot depends on, changes nothing, says one line each with what to do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from bot.config.described import described
from bot.config.idle import idle_keys
from bot.domain.channels import ChannelFacts
from bot.domain.ecs import Image, Service, TaskDefinition
from bot.domain.errors import AccessDenied, NotPossible, Refusal
from bot.domain.stacks import Config, Place, Stack, Stage
from bot.domain.targets import Target, obstacle, running_repository, target_container

LINK_SCOPES = ("links:read", "links:write")
"""Of no use where tinystacks.yml does not say `unfurl: yes`."""


class Mark(StrEnum):
    """How a line starts."""

    GOOD = "✓"
    DOUBTFUL = "⚠"
    BAD = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, and what was found; a bad one ends in what to do."""

    mark: Mark
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.mark} {self.subject}: {self.text}"


@dataclass(frozen=True, slots=True)
class SlackIdentity:
    """What auth.test says of the bot token; `scopes` from its header x-oauth-scopes (Slack facts 5)."""

    team_id: str
    team: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Probes:
    """What is asked, all of it read-only; each raises Refusal where there is no answer. `aws_identity` answers the
    caller's ARN (sts get-caller-identity), `members` reads a user group freshly, `readable_by_others`
    names files of the database, the others are the ports' methods of
    the same names (Chat, Ecs, Images). The scopes are mappings of scope to reason. `scaling_reads`: one question for
    each thing that is read when a service is scaled."""

    slack_identity: Callable[[], SlackIdentity]
    aws_identity: Callable[[Place], str]
    members: Callable[[str], frozenset[str]]
    channel: Callable[[str], ChannelFacts]
    describe_services: Callable[[Place, Sequence[str]], Mapping[str, Service]]
    describe_task_definition: Callable[[Place, str], TaskDefinition]
    newest: Callable[[Place, str, int], tuple[Image, ...]]
    readable_by_others: Callable[[], tuple[Path, ...]]
    required_scopes: Mapping[str, str]
    optional_scopes: Mapping[str, str]
    scaling_reads: Callable[[Stage, Service], Iterator[Callable[[], object]]] = lambda _stage, _service: iter(())


def check(config: Config, probes: Probes, out: TextIO) -> int:
    """Prints each stage as it is resolved, then a line for each finding as it is made. Answers the exit code: 0 only
    if nothing is ✗."""
    for stage in _stages(config):
        print(described(stage), end="\n\n", file=out)
    bad = 0
    for finding in findings(config, probes):
        print(finding, file=out, flush=True)
        bad += finding.mark is Mark.BAD
    print(f"\n{bad} to mend" if bad else "\nReady", file=out)
    return 1 if bad else 0


def findings(config: Config, probes: Probes) -> Iterator[Finding]:
    """Everything that was looked at, in the order of looking."""
    stages = _stages(config)
    yield Finding(
        Mark.GOOD, "tinystacks.yml", f"{_counted(len(config.stacks), 'stack')}, {_counted(len(stages), 'stage')}"
    )
    if not stages:
        yield Finding(Mark.BAD, "stacks", "there is none yet. Name your first one; docs/configuration.md tells how")
    yield from (_nobody(stage) for stage in stages if not stage.may_change)
    for stack in config.stacks:
        yield from (finding for stage in stack.stages for finding in _idle(stack, stage))
    yield from (_open_file(path) for path in probes.readable_by_others())
    yield from _guarded("Slack", _slack(config, probes))
    for group_id in sorted({member for ids in config.people.values() for member in ids if member.startswith("S")}):
        yield from _guarded(f"user group {group_id}", _group(group_id, probes))
    unshared = {config.audit_channel, *(stage.channel_id for stage in stages if not stage.shared_channels)} - {""}
    for channel_id in sorted({stage.channel_id for stage in stages} | unshared):
        yield from _guarded(f"channel {channel_id}", _channel(channel_id, probes, channel_id in unshared))
    for place in sorted({Place(s.place.region, "", s.place.role_arn) for s in stages}, key=lambda place: place.key):
        yield from _guarded(_caller(place), _aws(place, probes))
    for stage in stages:
        yield from _guarded(f"{stage.stack} {stage.name}", _stage(stage, probes))


def _stages(config: Config) -> list[Stage]:
    return [stage for stack in config.stacks for stage in stack.stages]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _guarded(subject: str, look: Iterator[Finding]) -> Iterator[Finding]:
    try:
        yield from look
    except Refusal as refusal:
        yield Finding(Mark.BAD, subject, _said(refusal))


def _said(refusal: Refusal) -> str:
    if isinstance(refusal, NotPossible):
        return f"{refusal.fact} {refusal.remedy}"
    # A check changes nothing anyway: the sentence that calms somebody who deploys is noise here.
    text = str(refusal)
    for sentence in ("Nothing was changed by this call. ", "Nothing was changed. ", "Nothing was started. "):
        text = text.replace(sentence, "")
    return text


def _nobody(stage: Stage) -> Finding:
    text = "nobody may change it; name groups of `people` under may_change in tinystacks.yml"
    return Finding(Mark.DOUBTFUL, f"{stage.stack} {stage.name}", text)


def _idle(stack: Stack, stage: Stage) -> Iterator[Finding]:
    keys = ", ".join(idle_keys(stack))
    if keys:
        text = f"not acted on yet: {keys}; do not rely on it (docs/configuration.md)"
        yield Finding(Mark.DOUBTFUL, f"{stage.stack} {stage.name}", text)


def _open_file(path: Path) -> Finding:
    text = f"others on this machine may read it, and it holds environment values; type: chmod 600 {path}"
    return Finding(Mark.DOUBTFUL, f"database {path.name}", text)


def _slack(config: Config, probes: Probes) -> Iterator[Finding]:
    identity = probes.slack_identity()
    if identity.team_id == config.workspace:
        yield Finding(Mark.GOOD, "Slack", f"connected to {identity.team} ({identity.team_id})")
    else:
        text = f"the token belongs to {identity.team} ({identity.team_id}), tinystacks.yml says {config.workspace}"
        yield Finding(Mark.BAD, "Slack", f"{text}. Set workspace: {identity.team_id}, or use the other token")
    idle = () if config.unfurl else LINK_SCOPES
    for mark, scopes in ((Mark.BAD, probes.required_scopes), (Mark.DOUBTFUL, probes.optional_scopes)):
        for scope in (scope for scope in scopes if scope not in identity.scopes and scope not in idle):
            text = f"missing ({scopes[scope]}). Add it under “OAuth & Permissions”, then install the app again"
            yield Finding(mark, f"Slack scope {scope}", text)


def _group(group_id: str, probes: Probes) -> Iterator[Finding]:
    members = probes.members(group_id)
    if members:
        yield Finding(Mark.GOOD, f"user group {group_id}", _counted(len(members), "member"))
    else:
        yield Finding(Mark.DOUBTFUL, f"user group {group_id}", "nobody is in it; add people to it in Slack")


def _channel(channel_id: str, probes: Probes, unshared: bool) -> Iterator[Finding]:
    """`unshared`: of a stage that does not take commands from shared channels."""
    facts, subject = probes.channel(channel_id), f"channel {channel_id}"
    if facts.member:
        yield Finding(Mark.GOOD, subject, "I am in it")
    elif facts.member is None:
        text = "cannot know whether I am in it; add the scopes channels:read and groups:read"
        yield Finding(Mark.DOUBTFUL, subject, text)
    else:
        yield Finding(Mark.BAD, subject, "I am not in it; type /invite @tinystacks there")
    if facts.external:
        text = "people of another workspace are in it, or invited, and would read every card"
        remedy = "end that, or name another channel: in tinystacks.yml" if unshared else "shared_channels allows that"
        yield Finding(Mark.BAD if unshared else Mark.DOUBTFUL, subject, f"{text}; {remedy}")


def _caller(place: Place) -> str:
    return f"AWS {place.region}" + (f" as {place.role_arn}" if place.role_arn else "")


def _aws(place: Place, probes: Probes) -> Iterator[Finding]:
    yield Finding(Mark.GOOD, _caller(place), f"I am {probes.aws_identity(place)}")


def _stage(stage: Stage, probes: Probes) -> Iterator[Finding]:
    subject = f"{stage.stack} {stage.name}"
    service = probes.describe_services(stage.place, [stage.service]).get(stage.service)
    if service is None:
        text = f"cluster {stage.place.cluster} in {stage.place.region} has no service “{stage.service}”"
        yield Finding(Mark.BAD, subject, f"{text}. Check the names in tinystacks.yml, or create the service")
        return
    in_the_way = obstacle(service)
    if in_the_way is not None:
        raise in_the_way
    yield from _running(stage, service, probes)


def _running(stage: Stage, service: Service, probes: Probes) -> Iterator[Finding]:
    subject = f"{stage.stack} {stage.name}"
    target = Target(service, probes.describe_task_definition(stage.place, service.task_definition_arn))
    container = target_container(stage, target.definition)
    text = f"service {service.name} runs {target.revision}, {service.running} of {service.desired} tasks"
    yield Finding(Mark.GOOD, subject, f"{text}; a deploy changes container {container}")
    repository = stage.repository or running_repository(stage, target)
    if probes.newest(stage.place, repository, 1):
        yield Finding(Mark.GOOD, subject, f"images come from {repository}")
    else:
        text = f"no images can be listed in {repository}"
        yield Finding(Mark.DOUBTFUL, subject, f"{text}: unless it is in ECR and holds some, tags are taken as written")
    yield from _scaling(subject, probes.scaling_reads(stage, service))


def _scaling(subject: str, reads: Iterator[Callable[[], object]]) -> Iterator[Finding]:
    """What is denied is told in one line: without it scaling works, but says less before anybody decides."""
    asked = [_denied(read) for read in reads]
    denied = {action for actions in asked for action in actions}
    if asked and not denied:
        yield Finding(Mark.GOOD, subject, "what a scaling looks at may be read")
    if denied:
        text = f"may not read {', '.join(sorted(denied))}, so that I know less before I scale"
        yield Finding(Mark.DOUBTFUL, subject, f"{text}. Allow it in the role's policy (docs/getting-started.md, Look)")


def _denied(read: Callable[[], object]) -> tuple[str, ...]:
    try:
        read()
    except AccessDenied as refusal:
        return (refusal.action,)
    return ()
