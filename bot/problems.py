"""What is wrong with the settings or with `tinystacks.yml`: all of it at once, a line each."""

from collections.abc import Iterable

MOST_SHOWN = 60
_SECRET_STARTS = ("xox", "xapp-", "AKIA", "ASIA", "://")


class BadConfig(Exception):
    """Nothing can be started. `problems` are finished lines for a person: where, what, what to write instead."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def shown(value: object) -> str:
    """A value in quotes, on one line, cut at 60 characters; one that may be a secret is not shown at all."""
    text = value if isinstance(value, str) else str(value)
    if any(start in text for start in _SECRET_STARTS):
        return "this value (not shown: it may hold a secret)"
    plain = "".join(letter if letter.isprintable() else "�" for letter in text[: MOST_SHOWN + 1])
    return f"“{plain[:MOST_SHOWN]}{'…' if len(plain) > MOST_SHOWN else ''}”"
