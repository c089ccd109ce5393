"""Taking on a stage's role so that CloudTrail names the person (ECS facts 5)."""

import logging
import re
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.credentials import CredentialProvider, DeferredRefreshableCredentials
from botocore.exceptions import ClientError

from bot.domain.people import OnBehalf

if TYPE_CHECKING:
    from types_boto3_sts import STSClient

log = logging.getLogger(__name__)

BOT_SESSION = "tinystacks-bot"
_MISSING = {
    1: ("sts:TagSession", "the person, but not the change, the stack and the stage"),
    2: ("sts:TagSession and sts:SetSourceIdentity", "the person in the session's name only"),
}
"""Rung of `attempts` → what the role does not allow, and what is left of who did what."""
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "PackedPolicyTooLarge", "PackedPolicyTooLargeException"})


def session_name(who: OnBehalf | None) -> str:
    """The RoleSessionName: `slack-U…` for a person, `tinystacks-bot` for the bot itself; 2..64 of `[\\w+=,.@-]`."""
    wanted = f"slack-{who.person.user_id}" if who and who.person.user_id else BOT_SESSION
    return re.sub(r"[^\w+=,.@-]", "-", wanted, flags=re.ASCII)[:64]


def session_tags(who: OnBehalf) -> list[dict[str, str]]:
    """Tags for policies (`aws:PrincipalTag/tinystacks-stage`) and for CloudTrail's AssumeRole event; values at most
    256 of the characters STS takes."""
    values = {
        "tinystacks-change": who.change_id,
        "tinystacks-stack": who.stack,
        "tinystacks-stage": who.stage,
        "slack-team-id": who.person.team_id,
        "slack-user-id": who.person.user_id,
        "slack-user-name": who.person.name,
    }
    return [{"Key": key, "Value": re.sub(r"[^\w .:/=+@-]", " ", value)[:256]} for key, value in values.items()]


def attempts(who: OnBehalf | None) -> tuple[dict[str, Any], ...]:
    """What is asked of STS beside the name, the fullest first: a trust policy may allow less (ECS facts 5)."""
    if who is None:
        return ({},)
    identity = {"SourceIdentity": session_name(who)}
    return ({**identity, "Tags": session_tags(who)}, identity, {})


class Roles:
    """AssumeRole, remembering for each role how much of `attempts` its trust policy allows."""

    def __init__(self) -> None:
        self._skipped: dict[str, int] = {}
        self._lock = Lock()

    def assume(self, sts: "STSClient", role_arn: str, who: OnBehalf | None) -> dict[str, Any]:
        """Temporary credentials as botocore's refresh wants them. Raises botocore's errors of the barest attempt."""
        ladder = attempts(who)
        for rung in range(self._skipped.get(role_arn, 0) if who else 0, len(ladder)):
            try:
                answer = sts.assume_role(RoleArn=role_arn, RoleSessionName=session_name(who), **ladder[rung])
            except ClientError as error:
                if rung + 1 == len(ladder) or error.response["Error"]["Code"] not in DENIED:
                    raise
                continue
            self._remember(role_arn, rung)
            return _metadata(answer["Credentials"])
        raise AssertionError("every ladder has a last rung")

    def _remember(self, role_arn: str, rung: int) -> None:
        with self._lock:
            if rung <= self._skipped.get(role_arn, 0):
                return
            self._skipped[role_arn] = rung
        missing, left = _MISSING[rung]
        log.warning(
            "The trust policy of %s does not allow %s: CloudTrail shows %s. "
            "Allow it there and in my own policy, then restart me.",
            role_arn,
            missing,
            left,
        )


def _metadata(credentials: Any) -> dict[str, Any]:
    return {
        "access_key": credentials["AccessKeyId"],
        "secret_key": credentials["SecretAccessKey"],
        "token": credentials["SessionToken"],
        "expiry_time": credentials["Expiration"].isoformat(),
    }


class RoleProvider(CredentialProvider):
    """Gives a session one role's credentials: fetched at first use, renewed from 15 minutes before their end on."""

    METHOD = "assume-role"
    CANONICAL_NAME = "TinyStacksRole"

    def __init__(self, refresh: Callable[[], dict[str, Any]]) -> None:
        super().__init__()
        self._credentials = DeferredRefreshableCredentials(refresh_using=refresh, method=self.METHOD)

    def load(self) -> DeferredRefreshableCredentials:
        """The credentials, which nobody has asked AWS for yet."""
        return self._credentials
