"""How fast Slack is answered: 100 commands from 20 threads while 30 rollouts run, over HTTP and over Socket Mode.

Every command is a deploy of a stage that rolls out at the moment: the one that makes the bot work hardest. Measured at
the sandbox's Slack, in a process of its own: from sending the request to having its answer."""

from concurrent.futures import ThreadPoolExecutor

from bench.apart import Apart, rolling
from bench.figure import Figure, percentile

ROLLOUTS, COMMANDS, THREADS, ROUNDS = 30, 100, 20, 3
PEOPLE = ("U0ANA", "U0BO")
UNANSWERED_MS = 3_000.0


def measure() -> list[Figure]:
    """p99 and the slowest, each transport; milliseconds."""
    return [*_over(over_http=True), *_over(over_http=False)]


def _over(*, over_http: bool) -> list[Figure]:
    with rolling(ROLLOUTS, over_http=over_http) as it:
        took = [ms for _ in range(ROUNDS) for ms in _round(it)]
    name = "HTTP" if over_http else "Socket Mode"
    what = f"answer to Slack over {name}, {ROLLOUTS} rollouts running"
    samples = [round(ms, 1) for ms in took]
    return [
        Figure(f"{what}: p99", percentile(took, 0.99), "ms", 100, samples),
        Figure(f"{what}: slowest of {len(took)}", max(took), "ms", 1_000),
    ]


def _round(it: Apart) -> list[float]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda number: _acked_ms(it, number), range(COMMANDS)))


def _acked_ms(it: Apart, number: int) -> float:
    member = it.members[number % len(it.members)]
    person = it.person(PEOPLE[number % len(PEOPLE)])
    ack = person.types(f"/tinystacks deploy {member.stack} {member.stage} v41")
    return float(ack["acked_ms"]) if ack["delivered"] else UNANSWERED_MS
