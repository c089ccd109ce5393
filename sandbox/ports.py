"""Ports to listen on, chosen before anybody does."""

import random
import socket

_BELOW_EPHEMERAL = range(20_000, 32_000)
"""Linux gives outgoing connections ports from 32768 on: one of those may be taken again before the bot binds it."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has."""
    chance = random.SystemRandom()
    while True:
        port = chance.choice(_BELOW_EPHEMERAL)
        if not _answers(port):
            return port


def three_free_ports(first: int) -> int:
    """The lowest port from `first` on that is free together with the two above it."""
    return next(port for port in range(first, 65_533, 3) if not any(map(_answers, range(port, port + 3))))


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
