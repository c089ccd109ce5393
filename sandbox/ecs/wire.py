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

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sts.models import sts_backends

from sandbox.ecs import api_clusters, api_definitions, api_deployments, api_services, api_tasks, logs, scaling, targets
from sandbox.ecs.call import ApiCall, Operation
from sandbox.ecs.calls import Call
from sandbox.ecs.errors import EcsError
from sandbox.ecs.model import ACCOUNT, Params

if TYPE_CHECKING:
    from sandbox.ecs.world import World

Environ = dict[str, Any]
Start = Callable[..., Any]
CREDENTIAL = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/")
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
        params = request.params if request.json else {}
        self._world.calls.append(Call(request.operation, self._world.now(), params, request.caller, error))

    def _answer(self, request: Request, environ: Environ, start: Start) -> Iterable[bytes]:
        if request.service == "ecs":
            return _json(
                start, "200 OK", self._world.call(request.operation, request.region, request.caller, request.params)
            )
        if request.operation == "DescribeTargetHealth":
            with self._world.lock:
                return _xml(start, "200 OK", targets.described(self._world.state, request.params))
        if request.operation == "FilterLogEvents":
            with self._world.lock:
                return _json(start, "200 OK", logs.filtered(request.region, request.params))
        if request.operation == "RegisterScalableTarget":
            scaling.check_bounds(request.params)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = ACCOUNT
        answer: Iterable[bytes] = self._moto(environ, start)
        if request.operation == "RegisterScalableTarget":
            with self._world.lock:
                scaling.move_into_bounds(self._world.state, request.region, request.params)
        return answer


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


def _refused(request: Request, refusal: EcsError, start: Start) -> list[bytes]:
    if request.json:
        return _json(start, "400 Bad Request", {"__type": refusal.code, "message": refusal.message})
    code = refusal.code.removesuffix("Exception") if refusal.code.startswith("Access") else "Throttling"
    error = f"<Error><Code>{code}</Code><Message>{refusal.message}</Message></Error>"
    ec2 = f"<Response><Errors>{error}</Errors></Response>"
    return _xml(start, "403 Forbidden", ec2 if request.service == "ec2" else f"<ErrorResponse>{error}</ErrorResponse>")


def _xml(start: Start, status: str, text: str) -> list[bytes]:
    body = text.encode()
    start(status, [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]
