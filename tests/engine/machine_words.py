"""What can be done around the bot, and what can go wrong: the state machine draws from it."""

from collections.abc import Callable

from hypothesis import strategies as st

from bot.domain.errors import NotPossible, Refusal, Throttled, Unanswered, Unreachable
from tests.engine.house import ANA, BO, CY, GUEST, STRANGER

PEOPLE = st.sampled_from([ANA, BO, CY, ANA, BO, CY, ANA, BO, CY, GUEST, STRANGER])
WISHES = ("deploy shop staging v42", "deploy shop staging v43", "rollback shop staging")
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
        *[("people", call) for call in ("person", "members")],
        *[(f"Slack fails{late}", call) for call in METHODS for late in ("", " late")],
    ]
)
KINDS = st.sampled_from(["unreachable", "unanswered", "throttled", "refused"])
