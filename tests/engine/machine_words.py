"""What can be done around the bot, and what can go wrong: the state machine draws from it."""

from collections.abc import Callable

from hypothesis import strategies as st

from bot.domain.errors import NotPossible, Refusal, Throttled, Unanswered, Unreachable
from tests.engine.house import ANA, BO, CY, GUEST, STRANGER, World

PEOPLE = st.sampled_from([ANA, BO, CY, ANA, BO, CY, ANA, BO, CY, GUEST, STRANGER])
WISHES = (
    *("deploy shop staging v42", "deploy shop staging v43", "rollback shop staging"),
    *("scale shop staging 4", "scale shop staging 3 --suspend 2h", "scale shop staging --restore"),
    'schedule scale shop staging --tasks 5 --anyway --cron "*/30 * * * *" --grace 10m',
    'schedule deploy shop staging v44 --cron "15 * * * *" --grace 1h',
)
BETWEEN = ("nothing", "it expires", "somebody leaves", "somebody deploys", "a lock")
HOLDS = st.sampled_from(
    [
        "lock shop staging why",
        "lock shop staging --for 30m",
        "unlock shop staging",
        "freeze why",
        "freeze --for 30m",
        "unfreeze",
        "approvals",
    ]
)
READS = ("DescribeServices", "DescribeServiceDeployments", "DescribeTaskDefinition")
WRITES = ("RegisterTaskDefinition", "UpdateService", "StopServiceDeployment")
SCALING = ("DescribeScalableTargets", "RegisterScalableTarget")
METHODS = ("post_message", "update_message", "respond", "post_ephemeral", "find_message", "open_view", "channel")
SECONDS = st.sampled_from([*[1, 2, 5, 10, 30, 100] * 3, 901, 1_790, 1_800, 3_600, 90_000])
BUTTONS = [
    "Approve",
    "Deny",
    "Deploy",
    "Wait for it",
    "Abort",
    "Withdraw",
    "Ask again",
    "Roll back",
    "Scale",
    "Undo",
    "Set anyway",
    "Schedule",
    "Remove",
]


def error(kind: str, vendor: str, call: str) -> Refusal:
    """What that vendor answers, or does not."""
    kinds: dict[str, Callable[[], Refusal]] = {
        "unreachable": lambda: Unreachable(vendor, call),
        "unanswered": lambda: Unanswered(vendor, call),
        "throttled": lambda: Throttled(vendor, call, retry_after=1.0),
        "refused": lambda: NotPossible(f"{vendor} says no.", "Look at it."),
    }
    return kinds[kind]()


TROUBLE = st.sampled_from(
    [
        *[("AWS fails", call) for call in (*READS, *WRITES)],
        *[("AWS does not answer", call) for call in WRITES * 2],
        *[(f"what scales {how}", call) for call in SCALING for how in ("fails", "does not answer")],
        *[("people", call) for call in ("person", "members")],
        *[(f"Slack fails{late}", call) for call in METHODS for late in ("", " late")],
    ]
)
KINDS = st.sampled_from(["unreachable", "unanswered", "throttled", "refused"])


def makes_trouble(world: World, trouble: tuple[str, str], kind: str, times: int) -> None:
    """The next calls of that name go wrong."""
    whose, call = trouble
    if whose == "AWS fails":
        world.ecs.fails(call, error(kind, "AWS", call), times)
    elif whose == "AWS does not answer":
        world.ecs.applies_but_does_not_answer(call)
    elif whose == "what scales fails":
        world.scaling.fails(call, error(kind, "AWS", call), times)
    elif whose == "what scales does not answer":
        world.scaling.applies_but_does_not_answer(call)
    elif whose == "people":
        world.people.failures.add(call, error(kind, "Slack", call))
    else:
        late = whose == "Slack fails late"
        world.chat.failures.add(call, error(kind, "Slack", call), times=times, after=late)
