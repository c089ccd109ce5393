"""The checked file -> domain values: every default applied, so that nobody behind this asks where a value came from."""

from bot.config.model import Approval, Defaults, File, Limits, StackKeys, StageKeys
from bot.domain import stacks as domain


def resolved(file: File, region: str | None) -> domain.Config:
    """`region`: for stages where neither they nor `defaults` name one."""
    people = {name: tuple(dict.fromkeys(ids)) for name, ids in file.people.items()}
    stacks = tuple(_stack(name, stack, file.defaults, region) for name, stack in file.stacks.items())
    return domain.Config(file.workspace, people, stacks, audit_channel=file.audit_channel or "", unfurl=file.unfurl)


def _stack(name: str, stack: StackKeys, defaults: Defaults, region: str | None) -> domain.Stack:
    stages = tuple(_stage(name, _merged(defaults, stage), region) for stage in stack.stages)
    return domain.Stack(name=name, stages=stages, description=stack.description or "", flow=stack.flow)


def _merged(defaults: Defaults, stage: StageKeys) -> StageKeys:
    own = {key: getattr(stage, key) for key in stage.model_fields_set}
    given = {key: getattr(defaults, key) for key in defaults.model_fields_set}
    return StageKeys.model_construct(**{**given, **own})


def _stage(stack: str, stage: StageKeys, region: str | None) -> domain.Stage:
    place = domain.Place(region=stage.region or region or "", cluster=stage.cluster or "", role_arn=stage.role_arn)
    return domain.Stage(
        stack=stack,
        name=stage.name,
        place=place,
        service=stage.service or "",
        channel_id=stage.channel or "",
        container=stage.container,
        repository=stage.repository,
        auto_scaling_group=stage.auto_scaling_group,
        channels=_distinct(stage.channels),
        shared_channels=stage.shared_channels,
        may_change=_distinct(stage.may_change),
        approval=_approval(stage.approval),
        emergency=_distinct(stage.emergency),
        admins=_admins(stage),
        closed=tuple(stage.closed or ()),
        limits=_limits(stage.limits),
        on_failure=stage.on_failure,
        lock_after_rollback=stage.lock_after_rollback,
        deadline=stage.deadline,
        exec_shell=stage.exec_shell,
        profile=stage.profile or "",
    )


def _distinct(words: list[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words or ()))


def _admins(stage: StageKeys) -> tuple[str, ...]:
    if stage.admins is not None:
        return _distinct(stage.admins)
    return _distinct(stage.approval.by if stage.approval else stage.may_change)


def _approval(rule: Approval | None) -> domain.ApprovalRule | None:
    if rule is None:
        return None
    verbs = _distinct(rule.verbs) or domain.CHANGING_VERBS
    by = _distinct(rule.by)
    return domain.ApprovalRule(verbs, by, rule.count, rule.expires, rule.schedules)


def _limits(limits: Limits | None) -> domain.Limits:
    return domain.Limits(tasks=limits.tasks, instances=limits.instances) if limits else domain.Limits()
