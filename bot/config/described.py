"""A resolved stage in the words of `tinystacks.yml`, for `python -m bot check`."""

from datetime import timedelta

from bot.domain.stacks import ApprovalRule, Limits, Stage


def described(stage: Stage) -> str:
    """The whole resolved stage, a key a line, as it could stand in tinystacks.yml."""
    values = {
        "region": stage.place.region,
        "role_arn": stage.place.role_arn or "(the bot's own identity)",
        "cluster": stage.place.cluster,
        "service": stage.service,
        "container": stage.container or "(the only one, or the one whose image is in the repository)",
        "repository": stage.repository or "(that of the running image)",
        "auto_scaling_group": stage.auto_scaling_group or "(found through the cluster)",
        "channel": stage.channel_id,
        "channels": ", ".join(stage.channels) or "(anywhere)",
        "shared_channels": "allow" if stage.shared_channels else "refuse",
        "may_change": _groups(stage.may_change),
        "approval": _approval(stage.approval),
        "emergency": _groups(stage.emergency),
        "admins": _groups(stage.admins),
        "closed": "; ".join(window.text for window in stage.closed) or "(never)",
        "limits": _limits(stage.limits),
        "on_failure": stage.on_failure.value,
        "lock_after_rollback": "yes" if stage.lock_after_rollback else "no",
        "deadline": _span(stage.deadline),
        "exec_shell": stage.exec_shell,
        "profile": stage.profile or "(none)",
    }
    return "\n".join([f"{stage.stack} {stage.name}", *(f"  {key + ':':<21}{value}" for key, value in values.items())])


def _groups(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "(nobody)"


def _approval(rule: ApprovalRule | None) -> str:
    if rule is None:
        return "(none needed)"
    verbs, by = ", ".join(rule.verbs), ", ".join(rule.by)
    terms = f"count: {rule.count}, expires: {_span(rule.expires)}, schedules: {rule.schedules.value}"
    return f"{{for: [{verbs}], by: [{by}], {terms}}}"


def _limits(limits: Limits) -> str:
    known = {"tasks": limits.tasks, "instances": limits.instances}
    given = [f"{key}: [{pair[0]}, {pair[1]}]" for key, pair in known.items() if pair]
    return f"{{{', '.join(given)}}}" if given else "(none)"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
