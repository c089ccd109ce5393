"""An AWS of a few lines: answers what a test scripts, over a real socket, and remembers what was asked."""

import json
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs

STS = "https://sts.amazonaws.com/doc/2011-06-15/"


@dataclass(frozen=True)
class Answer:
    """`body` as JSON, or as it is when it is text. `hangs`: nothing comes until the test is over; `closes`: the
    connection is cut instead of an answer."""

    body: Any = None
    status: int = 200
    hangs: bool = False
    closes: bool = False


def error(code: str, message: str = "", status: int = 400) -> Answer:
    """AWS's JSON error."""
    return Answer({"__type": code, "message": message}, status)


def credentials(seconds: str = "2036-01-01T00:00:00Z") -> Answer:
    """AssumeRole's answer."""
    inner = (
        "<Credentials><AccessKeyId>ASIATEST</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
        f"<SessionToken>t</SessionToken><Expiration>{seconds}</Expiration></Credentials>"
    )
    return Answer(
        f'<AssumeRoleResponse xmlns="{STS}"><AssumeRoleResult>{inner}</AssumeRoleResult></AssumeRoleResponse>'
    )


def sts_error(code: str, message: str) -> Answer:
    """STS's XML error."""
    inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(f'<ErrorResponse xmlns="{STS}">{inner}</ErrorResponse>', 403)


@dataclass
class Wire:
    """`script` maps an API's name to its coming answers; the last one stays."""

    script: dict[str, deque[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    over: Event = field(default_factory=Event)
    endpoint_url: str = ""

    def answers(self, call: str, *answers: Answer) -> None:
        """From now on."""
        self.script[call] = deque(answers)

    def requests(self, call: str) -> list[dict[str, Any]]:
        """The parameters of each such call."""
        return [parameters for name, parameters in self.asked if name == call]

    def next(self, call: str) -> Answer:
        """The answer that is due."""
        due = self.script[call]
        return due.popleft() if len(due) > 1 else due[0]


@contextmanager
def serving() -> Iterator[Wire]:
    """A wire on loopback."""
    wire = Wire()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            flat = {name: values[0] for name, values in parse_qs(body).items()}
            call, parameters = (target, json.loads(body)) if target else (flat["Action"], flat)
            wire.asked.append((call, {**parameters, "agent": self.headers["User-Agent"]}))
            self._answer(wire.next(call))

        def do_GET(self) -> None:
            wire.asked.append((self.path, {}))
            self._answer(wire.next(self.path))

        def _answer(self, answer: Answer) -> None:
            if answer.hangs:
                wire.over.wait(30)
            if answer.hangs or answer.closes:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    wire.endpoint_url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield wire
    finally:
        wire.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
