"""For which architectures an image is built: its index says so, else the config that its manifest names (OCI image
specification: index, manifest, config)."""

import json
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from bot.adapters.aws.sessions import is_loopback

TIMEOUT_SECONDS = 3
"""A preview waits for it; not to know the architecture is no harm."""


class Unreadable(Exception):
    """A config that cannot be fetched or is none."""


def architectures_of(manifest: str) -> tuple[str, ...]:
    """The platforms of an image index or manifest list; empty for a plain manifest, which does not tell. Attestations
    stand in an index as platform "unknown"."""
    listed = json.loads(manifest).get("manifests", ())
    found = (one.get("platform", {}).get("architecture", "unknown") for one in listed)
    return tuple(dict.fromkeys(name for name in found if name != "unknown"))


def config_digest_of(manifest: str) -> str:
    """The digest of a plain manifest's config; empty where it names none."""
    config = json.loads(manifest).get("config") or {}
    return str(config.get("digest", ""))


def configured_architecture(url: str) -> tuple[str, ...]:
    """The architecture in the config behind a download URL. Raises Unreadable."""
    try:
        name = json.loads(_fetched(url))["architecture"]
    except (BotoCoreError, ValueError, KeyError, TypeError) as error:
        # Only the kind: the URL is signed, and errors quote it.
        raise Unreadable(type(error).__name__) from None
    return (name,) if isinstance(name, str) and name else ()


def _fetched(url: str) -> bytes:
    proxies: Any = {} if is_loopback(url) else get_environ_proxies(url)
    session = URLLib3Session(proxies=proxies, timeout=TIMEOUT_SECONDS)
    try:
        answer = session.send(AWSRequest("GET", url).prepare())
    finally:
        session.close()
    if answer.status_code != 200:
        raise ValueError(f"HTTP status {answer.status_code}")
    return bytes(answer.content)
