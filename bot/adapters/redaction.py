"""What never reaches a log: tokens, keys, links that act in somebody's name, trigger ids, passwords in addresses (Slack
facts 3.12)."""

import re
from collections.abc import Mapping

REPLACEMENT = "[redacted]"
SECRETS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-[\w-]+",
        r"\bv0=[0-9a-f]{64}\b",
        r"https?://hooks\.slack\.com/[^\s\"'<>\\]+",
        r"https?://[^\s\"'<>\\]+/(?:commands|actions|services|workflows)/[TE][^\s\"'<>\\]+",
        r"wss?://[^\s\"'<>\\]+ticket=[^\s\"'<>\\]+",
        r"\b\d+\.\d+\.[0-9a-f]{16,}\b",
        r"\btk-[0-9a-f]{16,}\b",
        r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    )
)
_NAMES = (
    r"trigger_id|response_url|signing_secret|client_secret|ticket|password|passwd|"
    r"(?:aws[_-]?)?secret[_-]?access[_-]?key|(?:aws[_-]?)?session[_-]?token|(?:aws[_-]?)?access[_-]?key[_-]?id|"
    r"x-amz-(?:security-token|signature|credential)|x-slack-signature"
)
# {"trigger_id": "…"}, trigger_id=…, and the same inside a JSON string, whose quotes are escaped.
NAMED = re.compile(rf"""({_NAMES})(\\?["']?\s*[:=>]\s*b?\\?["']?)([^\s"'\\,&}}<]+)""", re.IGNORECASE)
# What follows names the scheme, and may have parts: Bearer …, Basic …, AWS4-HMAC-SHA256 Credential=…, Signature=….
HEADER = re.compile(r"""(authorization\\?["']?\s*[:=]\s*b?\\?["']?)([^"'\\\r\n}]+)""", re.IGNORECASE)
BEARER = re.compile(r"\b(Bearer)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
# postgresql://user:password@host
ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@\"']*:)[^\s/@\"']+(?=@)", re.IGNORECASE)
SECRET_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_LEAST = 16


def secrets_of(environ: Mapping[str, str]) -> tuple[str, ...]:
    """AWS's keys where they are variables of the process; words too short to be a key are not secret."""
    return tuple(value for name in SECRET_VARIABLES if len(value := environ.get(name, "")) >= _LEAST)


def redacted(text: str, known: tuple[str, ...] = ()) -> str:
    """`text` without secrets: what looks like one, and the `known` ones wherever they stand."""
    for secret in known:
        text = text.replace(secret, REPLACEMENT)
    for pattern in SECRETS:
        text = pattern.sub(REPLACEMENT, text)
    text = HEADER.sub(rf"\1{REPLACEMENT}", text)
    text = BEARER.sub(rf"\1 {REPLACEMENT}", text)
    text = ADDRESS.sub(rf"\1{REPLACEMENT}", text)
    return NAMED.sub(rf"\1\2{REPLACEMENT}", text)
