"""The WSGI application between boto3 and the world: logs, applies faults, answers ECS, leaves the rest to moto."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sts.models import sts_backends

from sandbox.ecs import (
    api_clusters,
    api_definitions,
    api_deployments,
    api_groups,
    api_services,
    api_tasks,
    fleet,
    logs,
    metrics,
    quotas,
    scaling,
    targets,
)
from sandbox.ecs.call import ApiCall, Operation
from sandbox.ecs.calls import Call
from sandbox.ecs.errors import EcsError
from sandbox.ecs.model import ACCOUNT, Params
from sandbox.ecs.state import State

if TYPE_CHECKING:
    from sandbox.ecs.world import World

Environ = dict[str, Any]
Start = Callable[..., Any]
CREDENTIAL = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/")
IAM_NAMES = {"monitoring": "cloudwatch"}
"""What a request is signed for → what policies call it, where that is another name."""
OPERATIONS: dict[str, Operation] = (
    api_clusters.OPERATIONS
    | api_definitions.OPERATIONS
    | api_deployments.OPERATIONS
    | api_services.OPERATIONS
    | api_tasks.OPERATIONS
)


@dataclass(frozen=True)
class Request:
    """One AWS request; `params` are decoded for the JSON protocol, flat strings for the query protocol."""

    service: str
    operation: str
    region: str
    access_key: str
    params: Params
    json: bool

    @property
    def caller(self) -> str:
        """The ARN of whoever calls: the assumed role the access key belongs to, else a plain user."""
        role = sts_backends[ACCOUNT]["aws"].get_assumed_role_from_access_key(self.access_key)
        return str(role.arn) if role else f"arn:aws:iam::{ACCOUNT}:user/tinystacks-bot"

    @property
    def resource(self) -> str:
        cluster, service = (str(self.params.get(key, "")).rpartition("/")[2] for key in ("cluster", "service"))
        return f"arn:aws:ecs:{self.region}:{ACCOUNT}:service/{cluster}/{service}" if service else "*"


def request_of(environ: Environ) -> Request:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    match = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    key, region, service = match.groups() if match else ("", "us-east-1", "")
    service = IAM_NAMES.get(service, service)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return Request(service, target.rpartition(".")[2], region, key, json.loads(body or b"{}"), True)
    form = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
    return Request(service, form.get("Action", ""), region, key, form, False)


class Wire:
    """A WSGI application. One request is one entry of `world.calls`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        request, error = request_of(environ), None
        try:
            self._world.faults.before(request.operation, request.caller, request.service, request.resource)
            answer = self._answer(request, environ, start)
        except EcsError as refusal:
            error = refusal.code
            answer = _refused(request, refusal, start)
        self._log(request, error)
        self._world.faults.after(request.operation)
        return answer

    def _log(self, request: Request, error: str | None) -> None:
        shown = request.params if request.json or request.service == "autoscaling" else {}
        params = {key: value for key, value in shown.items() if key not in ("Action", "Version")}
        self._world.calls.append(Call(request.operation, self._world.now(), params, request.caller, error))

    def _answer(self, request: Request, environ: Environ, start: Start) -> Iterable[bytes]:
        if request.service == "ecs":
            return _json(
                start, "200 OK", self._world.call(request.operation, request.region, request.caller, request.params)
            )
        with self._world.lock:
            ours = answer_of(self._world.state, request)
        if isinstance(ours, str):
            return _xml(start, "200 OK", ours)
        if ours is not None:
            return _json(start, "200 OK", ours)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = ACCOUNT
        answer: Iterable[bytes] = self._moto(environ, start)
        if request.operation == "RegisterScalableTarget":
            with self._world.lock:
                scaling.move_into_bounds(self._world.state, request.region, request.params)
        return answer


def answer_of(state: State, request: Request) -> str | dict[str, Any] | None:
    """What is answered here of what is not ECS: XML or JSON; None: moto answers. Raises EcsError."""
    service, operation, region, params = request.service, request.operation, request.region, request.params
    if service == "autoscaling" and operation in api_groups.OPERATIONS:
        answer = api_groups.answered(state, region, operation, params)
        fleet.follow_all(state, region)
        return answer
    if service == "application-autoscaling":
        scaling.check(state, region, operation, params)
    answers: dict[str, Callable[[], str | dict[str, Any]]] = {
        "DescribeTargetHealth": lambda: targets.described(state, params),
        "FilterLogEvents": lambda: logs.filtered(region, params),
        "DescribeScalingActivities": lambda: scaling.activities(state, region, params),
        "GetMetricData": lambda: metrics.data(state, region, params),
        "GetServiceQuota": lambda: quotas.quota(region, params),
    }
    mine = operation in answers and (operation != "GetMetricData" or metrics.answers(params))
    return answers[operation]() if mine else None


def execute(call: ApiCall, operation: str) -> dict[str, Any]:
    """Raises EcsError; UnknownOperationException for what is not modelled."""
    if operation not in OPERATIONS:
        raise EcsError("UnknownOperationException", f"The sandbox does not model {operation}.")
    try:
        return OPERATIONS[operation](call)
    except KeyError as missing:
        raise EcsError("InvalidParameterException", f"{missing} is required.") from missing


def _json(start: Start, status: str, document: dict[str, Any]) -> list[bytes]:
    body = json.dumps(document, default=_epoch).encode()
    start(status, [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(body)))])
    return [body]


def _epoch(value: object) -> float:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    raise TypeError(f"not JSON: {value!r}")


QUERY_CODES = {"AccessDeniedException": "AccessDenied", "ThrottlingException": "Throttling"}
EC2_CODES = {"AccessDeniedException": "UnauthorizedOperation", "ThrottlingException": "RequestLimitExceeded"}


def _refused(request: Request, refusal: EcsError, start: Start) -> list[bytes]:
    if request.json:
        return _json(start, "400 Bad Request", {"__type": refusal.code, "message": refusal.message})
    code = (EC2_CODES if request.service == "ec2" else QUERY_CODES).get(refusal.code, refusal.code)
    status = "403 Forbidden" if refusal.code.startswith("Access") else "400 Bad Request"
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(refusal.message)}</Message></Error>"
    ec2 = f"<Response><Errors>{error}</Errors></Response>"
    return _xml(start, status, ec2 if request.service == "ec2" else f"<ErrorResponse>{error}</ErrorResponse>")


def _xml(start: Start, status: str, text: str) -> list[bytes]:
    body = text.encode()
    start(status, [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]
