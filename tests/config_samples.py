"""Texts of `tinystacks.yml` to try things on."""

import re
from pathlib import Path

import pytest

from bot.config import BadConfig, parse

EXAMPLE = Path("tinystacks.example.yml")
# The example with the keys that it only shows in comments.
FULL = re.sub(r"^ {8}# ( *[a-z_]+:)", r"        \1", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
GOOD = """\
version: 1
workspace: T0ACME
people:
  developers: [S0DEV, U0ANA]
  release: [U0BEN, U0CLEO]
defaults:
  region: us-east-1
  channel: C0DEPLOYS
  may_change: [developers]
stacks:
  shop:
    stages:
      - name: staging
        cluster: staging
        service: shop
      - name: prod
        cluster: prod
        service: shop-prod
        approval:
          by: [release]
"""


def problems_of(text: str, environ: dict[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(BadConfig) as caught:
        parse(text, "tinystacks.yml", environ or {})
    return caught.value.problems


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)
