"""Buttons' tokens: what is behind the opaque value of a button that was sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Token:
    """`hash`: SHA-256 (hex) of what stands in Slack, which is stored nowhere. `value`: the id that the button is
    about. `about`: the message it was sent with, a posting's id, or `@<team_id>:<user_id>` for one person's eyes.
    `used_at`: when it did what it was for."""

    hash: str
    value: str
    action_id: str
    about: str
    expires_at: datetime
    used_at: datetime | None = None


class TokenRows(Protocol):
    """Table `tokens`."""

    def insert_token(self, token: Token) -> None:
        """A new one."""
        ...

    def token(self, hashed: str) -> Token | None:
        """By its hash."""
        ...

    def use_tokens(self, value: str, actions: tuple[str, ...], at: datetime) -> None:
        """Marks every unused token of those actions about `value` as used, whichever copy was clicked."""
        ...

    def drop_tokens(self, before: datetime) -> int:
        """Forgets those that ended before then; answers how many it were."""
        ...
