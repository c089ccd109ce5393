"""What docs/security.md says is tested is tested."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

GUIDE = Path("docs/security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", GUIDE)))
THREATS = re.findall(r"^\| (\d+) \| .+ \| .+ \| (.+) \|$", GUIDE, re.MULTILINE)
BUGS = re.findall(r"^\| ([^#`|]+) \| (`tests/.+`) \|$", GUIDE, re.MULTILINE)


@cache
def _names_in(path: str) -> frozenset[str]:
    """The tests of a file."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("named", NAMED)
def test_every_test_that_is_named_exists(named: str) -> None:
    path, _, test = named.partition("::")
    assert test.startswith("test_")
    assert test in _names_in(path)


def test_every_threat_and_every_bug_names_a_test() -> None:
    assert [int(number) for number, _ in THREATS] == list(range(1, 33))
    assert all("`tests/" in tests for _, tests in THREATS)
    assert len(BUGS) == len(GUIDE.split("## Bugs that others had")[1].split("\n## ")[0].strip().splitlines()) - 2
    assert len(BUGS) > 30
