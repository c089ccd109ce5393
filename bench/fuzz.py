"""Ten thousand hostile payloads through the real way in, each judged: tracebacks, mentions that come alive, changes by
people without the right, messages that Slack would refuse. What was found stands in bench/out/fuzz.json."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bench.figure import Figure
from tests.fitness import SEEN, objections
from tests.fuzzing import Door, Problem
from tests.hostile_payloads import DRAWS, Drawn, payload_of

PAYLOADS, EACH = 10_000, 100


def measure() -> list[Figure]:
    """How many were tried, and the problems of each kind."""
    tried, problems = 0, list[Problem]()

    @settings(
        max_examples=PAYLOADS // EACH + 1,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
    )
    @given(st.lists(DRAWS, min_size=EACH, max_size=EACH))
    def judge(drawn: list[Drawn]) -> None:
        nonlocal tried
        with TemporaryDirectory() as folder, Door(Path(folder)).open() as door:
            for number, one in enumerate(drawn):
                door.tries(payload_of(door, one))
                if number % 10 == 9:
                    door.passes()
            tried += door.tried
            problems.extend(door.problems)

    judge()
    found = Counter(problem.kind for problem in problems)
    figures = [Figure("hostile payloads tried", tried, "")]
    for kind in ("traceback", "alive", "without right"):
        samples = sorted({problem.what for problem in problems if problem.kind == kind})[:20]
        figures.append(Figure(_WHAT[kind], found[kind], "", 0, samples))
    unfit = objections()
    figures.append(Figure("messages and views that answered them", SEEN.total(), ""))
    figures.append(Figure("of these, what Slack would refuse", len(unfit), "", 0, sorted(set(unfit))[:20]))
    return figures


_WHAT = {
    "traceback": "hostile payloads: tracebacks, in the log or to people",
    "alive": "hostile payloads: mentions and links that come alive",
    "without right": "hostile payloads: changes without the right",
}
