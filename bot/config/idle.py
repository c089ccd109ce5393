"""What `tinystacks.yml` may say and this version does not act on yet, so that nobody relies on it."""

from bot.domain.stacks import Flow, Stack, Stage

IDLE = ("auto_scaling_group", "limits")


def idle_keys(stack: Stack, stage: Stage) -> tuple[str, ...]:
    """Those keys that the stage sets to something else than their default."""
    plain = Stage(stage.stack, stage.name, stage.place, stage.service, stage.channel_id)
    keys = tuple(key for key in IDLE if getattr(stage, key) != getattr(plain, key))
    return (*keys, "flow: automatic") if stack.flow is Flow.AUTOMATIC else keys
