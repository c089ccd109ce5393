"""The local Slack: Web API, Socket Mode, signed HTTP delivery, and what people do in it."""

from sandbox.slack.http_delivery import HttpDelivery
from sandbox.slack.person import Person
from sandbox.slack.server import SlackServer
from sandbox.slack.state import Pace
from sandbox.slack.transcript import transcript
from sandbox.slack.workspace import Workspace, seed

__all__ = ["HttpDelivery", "Pace", "Person", "SlackServer", "Workspace", "seed", "transcript"]
