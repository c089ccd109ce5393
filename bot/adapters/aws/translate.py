"""botocore's errors as refusals. What decides: was the call certainly not carried out, or is that unknown?

Reads are never "unknown": asking again costs nothing, so what is unclear about them is Unreachable.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from botocore import exceptions as vendor

from bot.domain.errors import AccessDenied, Busy, NotFound, NotPossible, Refusal, Throttled, Unanswered, Unreachable
from bot.domain.stacks import Place

DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})
THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "PriorRequestNotComplete",
    }
)
BUSY = frozenset({"ConcurrentUpdateException", "ResourceContention", "ResourceContentionFault"})
BAD_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "RequestExpired",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "IncompleteSignature",
    }
)
UNKNOWN = frozenset(
    {
        "ServerException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "InternalFailure",
        "InternalError",
        "InternalServerError",
        "InternalServerException",
        "InternalServiceException",
        "ServiceException",
        "RequestTimeout",
        "RequestTimeoutException",
    }
)
MISSING = {
    "ClusterNotFoundException": "cluster",
    "ServiceNotFoundException": "service",
    "ServiceDeploymentNotFoundException": "service deployment",
    "RepositoryNotFoundException": "repository",
    "ImageNotFoundException": "image",
    "ObjectNotFoundException": "scalable target",
    "NoSuchResourceException": "quota",
}
REMEDIES = {
    "image": "Push it, or take one that is there, then try again.",
    "task definition": "Take a revision that ECS still has, then try again.",
    "scalable target": "Give the service its bounds first (`--min` and `--max`), then try again.",
    "service deployment": "Look at the service's deployments in the ECS console, then try again.",
}
NO_CREDENTIALS = (
    vendor.NoCredentialsError,
    vendor.PartialCredentialsError,
    vendor.CredentialRetrievalError,
    vendor.MetadataRetrievalError,
    vendor.ProfileNotFound,
    vendor.SSOError,
    vendor.LoginError,
    vendor.TokenRetrievalError,
)
NOT_SENT = (vendor.EndpointConnectionError, vendor.ConnectTimeoutError, vendor.ProxyConnectionError)
SET_CREDENTIALS = (
    "Give the machine I run on a role, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "
    "(AWS_SESSION_TOKEN too for temporary ones), then restart me."
)
IN_THE_WAY = {
    "ScalingActivityInProgress": "Wait until what the group is doing, or its cooldown, is over, then try again.",
    "ScalingActivityInProgressFault": "Wait until what the group is doing, or its cooldown, is over, then try again.",
}
"""What to do about a refusal where AWS's words do not say it."""
CHECK_CLOCK = "Check the clock of the machine I run on, then try again."


@dataclass(frozen=True, slots=True)
class Asked:
    """What was being asked when it failed. `call` is the API's name; `names` holds what it was about: "service",
    "task definition", "repository" … to the name."""

    service: str
    call: str
    place: Place
    names: Mapping[str, str] = field(default_factory=dict)
    write: bool = False

    def where(self, kind: str) -> str:
        """The place in words: the region; the cluster or repository as well for what lives in one."""
        if kind == "image":
            return f"{self.names.get('repository', 'the registry')}, {self.place.region}"
        inside = kind in ("service", "service deployment")
        return f"cluster {self.place.cluster}, {self.place.region}" if inside else self.place.region


@contextmanager
def translated(asked: Asked) -> Iterator[None]:
    """Raises the refusal that stands for what botocore raised inside, or for a part that AWS's answer lacks: the answer
    is to be taken apart inside too."""
    try:
        yield
    except vendor.ClientError as error:
        raise refused(error, asked) from error
    except vendor.BotoCoreError as error:
        raise unsettled(error, asked) from error
    except KeyError as error:  # botocore takes a proxy's page for an answer with nothing in it
        raise _unclear(asked, asked.call, f"an answer without {error}") from error
    except RuntimeError as error:  # botocore's way to say that new credentials were over already
        if "expired" not in str(error):
            raise
        raise NotPossible(f"My AWS credentials do not last ({error}).", CHECK_CLOCK) from error


def code_of(error: vendor.ClientError) -> str:
    """AWS's error code; botocore has cut off the namespace that some answers carry."""
    return str(error.response.get("Error", {}).get("Code", ""))


def quote_of(error: vendor.ClientError) -> str:
    """AWS's own words, at most 500 characters."""
    return str(error.response.get("Error", {}).get("Message", ""))[:500]


def refused(error: vendor.ClientError, asked: Asked) -> Refusal:
    """AWS answered with an error."""
    code, quote = code_of(error), quote_of(error)
    call = error.operation_name or asked.call
    if code in THROTTLED:
        return Throttled("AWS", call, quote, _retry_after(error))
    if code in BUSY:
        return Busy("AWS", call, quote)
    if code in DENIED:
        return _denied(quote, "sts" if call == "AssumeRole" else asked.service, call)
    if code in BAD_CREDENTIALS:
        return NotPossible(f"AWS does not accept my credentials ({code}: “{quote}”).", SET_CREDENTIALS)
    if code in UNKNOWN or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
        return _unclear(asked, call, quote or code)
    return _missing(code, quote, asked) or _no(call, code, quote)


def unsettled(error: vendor.BotoCoreError, asked: Asked) -> Refusal:
    """No answer of AWS, or none that could be read."""
    if isinstance(error, NO_CREDENTIALS):
        # Only the kind: what a credential process printed may hold a secret.
        return NotPossible(f"I have no AWS credentials that work ({type(error).__name__}).", SET_CREDENTIALS)
    if isinstance(error, NOT_SENT):
        return Unreachable("AWS", asked.call, str(error)[:500])
    if isinstance(error, (vendor.ParamValidationError, vendor.NoRegionError, vendor.InvalidRegionError)):
        return _no(asked.call, type(error).__name__, str(error)[:500])
    return _unclear(asked, asked.call, str(error)[:500])


def _unclear(asked: Asked, call: str, quote: str) -> Refusal:
    return Unanswered("AWS", call, quote) if asked.write else Unreachable("AWS", call, quote)


def _denied(quote: str, service: str, call: str) -> AccessDenied:
    action = re.search(r"not authorized to perform:? ([\w-]+:\w+)", quote)
    principal = re.search(r"arn:aws[\w-]*:(?:iam|sts)::\d*:\S+", quote)
    return AccessDenied(
        action[1] if action else f"{service}:{call}",
        principal[0].rstrip(".,") if principal else "my AWS identity",
        quote,
    )


def _missing(code: str, quote: str, asked: Asked) -> Refusal | None:
    kind = MISSING.get(code)
    if code == "ClientException" and "unable to describe task definition" in quote.lower():
        kind = "task definition"
    if kind is None:
        return None
    name = asked.place.cluster if kind == "cluster" else asked.names.get(kind, "?")
    return NotFound(kind, name, asked.where(kind), REMEDIES.get(kind, NotFound.remedy))


def _no(call: str, code: str, quote: str) -> NotPossible:
    remedy = IN_THE_WAY.get(code, "Change what AWS names here, then try again.")
    return NotPossible(f"AWS refused {call}: “{quote}” ({code}).", remedy)


def _retry_after(error: vendor.ClientError) -> float | None:
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    value = headers.get("retry-after", "")
    return float(value) if value.isdigit() else None
