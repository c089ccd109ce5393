"""A port for the bot to listen on, chosen before it starts."""

import random
import socket

_BELOW_EPHEMERAL = range(20_000, 32_000)
"""Linux gives outgoing connections ports from 32768 on: one of those may be taken again before the bot binds it."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has."""
    chance = random.SystemRandom()
    while True:
        port = chance.choice(_BELOW_EPHEMERAL)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
