"""Taking on a stage's role so that CloudTrail names the person (ECS facts 5)."""

import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.credentials import CredentialProvider, DeferredRefreshableCredentials
from botocore.exceptions import ClientError

from bot.domain.people import Person

if TYPE_CHECKING:
    from types_boto3_sts import STSClient

log = logging.getLogger(__name__)

BOT_SESSION = "tinystacks-bot"
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "PackedPolicyTooLarge", "PackedPolicyTooLargeException"})


def session_name(who: Person | None) -> str:
    """The RoleSessionName: `slack-U…` for a person, `tinystacks-bot` for the bot itself; 2..64 of `[\\w+=,.@-]`."""
    wanted = f"slack-{who.user_id}" if who and who.user_id else BOT_SESSION
    return re.sub(r"[^\w+=,.@-]", "-", wanted, flags=re.ASCII)[:64]


def session_tags(who: Person) -> list[dict[str, str]]:
    """Tags for policies (`aws:PrincipalTag/slack-user-id`); values at most 256 of the characters STS takes."""
    values = {"slack-team-id": who.team_id, "slack-user-id": who.user_id, "slack-user-name": who.name}
    return [{"Key": key, "Value": re.sub(r"[^\w .:/=+@-]", " ", value)[:256]} for key, value in values.items()]


def attempts(who: Person | None) -> tuple[dict[str, Any], ...]:
    """What is asked of STS beside the name, the fullest first: a trust policy may allow less (ECS facts 5)."""
    if who is None:
        return ({},)
    identity = {"SourceIdentity": session_name(who)}
    return ({**identity, "Tags": session_tags(who)}, identity, {})


class Roles:
    """AssumeRole, remembering for each role how much of `attempts` its trust policy allows."""

    def __init__(self) -> None:
        self._skipped: dict[str, int] = {}

    def assume(self, sts: "STSClient", role_arn: str, who: Person | None) -> dict[str, Any]:
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
        if rung <= self._skipped.get(role_arn, 0):
            return
        self._skipped[role_arn] = rung
        missing = "sts:TagSession" if rung == 1 else "sts:TagSession and sts:SetSourceIdentity"
        log.warning(
            "The trust policy of %s does not allow %s: CloudTrail shows people by session name only. "
            "Allow it there and in my own policy, then restart me.",
            role_arn,
            missing,
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
