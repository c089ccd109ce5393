"""What `tinystacks.yml` may say and this version does not act on yet, so that nobody relies on it."""

from bot.domain.stacks import Flow, Stack, Stage

IDLE = ("auto_scaling_group", "exec_shell", "limits")


def idle_keys(stack: Stack, stage: Stage) -> tuple[str, ...]:
    """Those keys that the stage sets to something else than their default, without approvals that stop a deploy."""
    plain = Stage(stage.stack, stage.name, stage.place, stage.service, stage.channel_id)
    keys = [key for key in IDLE if getattr(stage, key) != getattr(plain, key)]
    if stage.approval and not stops_deploys(stage):
        keys.append("approval")
    return (*keys, "flow: automatic") if stack.flow is Flow.AUTOMATIC else tuple(keys)


def stops_deploys(stage: Stage) -> bool:
    """Whether deploys need an approval, which cannot be asked for yet, so that they are refused."""
    return stage.approval is not None and "deploy" in stage.approval.verbs
