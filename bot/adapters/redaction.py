"""What never reaches a log: tokens, links that act in somebody's name, trigger ids (Slack facts 3.12)."""

import re

REPLACEMENT = "[redacted]"
SECRETS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-[\w-]+",
        r"\bv0=[0-9a-f]{64}\b",
        r"https?://hooks\.slack\.com/[^\s\"'<>\\]+",
        r"https?://[^\s\"'<>\\]+/(?:commands|actions|services|workflows)/[TE][^\s\"'<>\\]+",
        r"wss?://[^\s\"'<>\\]+ticket=[^\s\"'<>\\]+",
        r"\b\d+\.\d+\.[0-9a-f]{16,}\b",
    )
)
# {"trigger_id": "…"}, trigger_id=…, and the same inside a JSON string, whose quotes are escaped.
NAMED = re.compile(r"""(trigger_id|response_url|signing_secret|ticket)(\\?["']?\s*[:=]\s*\\?["']?)([^\s"'\\,&}]+)""")


def redacted(text: str, known: tuple[str, ...] = ()) -> str:
    """`text` without secrets: what looks like one, and the `known` ones wherever they stand."""
    for secret in known:
        text = text.replace(secret, REPLACEMENT)
    for pattern in SECRETS:
        text = pattern.sub(REPLACEMENT, text)
    return NAMED.sub(rf"\1\2{REPLACEMENT}", text)
