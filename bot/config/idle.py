"""What `tinystacks.yml` may say and this version does not act on yet, so that nobody relies on it."""

from bot.domain.stacks import Flow, Stack

IDLE = ("flow",)


def idle_keys(stack: Stack) -> tuple[str, ...]:
    """Those that the stack sets to something else than their default."""
    return ("flow: automatic",) if stack.flow is Flow.AUTOMATIC else ()
