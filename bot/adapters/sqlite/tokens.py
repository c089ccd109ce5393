"""Buttons' tokens, by their hash."""

from datetime import datetime

from bot.adapters.sqlite.base import Rows, at_or_none
from bot.domain.audit import timestamp
from bot.engine.ports import Token


class TokenRows(Rows):
    """Table `tokens`."""

    def insert_token(self, token: Token) -> None:
        """A new one."""
        self._change(
            "INSERT INTO tokens (hash, value, action_id, about, expires_at) "
            "VALUES (:hash, :value, :action_id, :about, :expires_at)",
            hash=token.hash,
            value=token.value,
            action_id=token.action_id,
            about=token.about,
            expires_at=timestamp(token.expires_at),
        )

    def token(self, hashed: str) -> Token | None:
        """By its hash."""
        row = self._one("SELECT * FROM tokens WHERE hash = :hash", hash=hashed)
        if row is None:
            return None
        times = datetime.fromisoformat(row["expires_at"]), at_or_none(row["used_at"])
        return Token(row["hash"], row["value"], row["action_id"], row["about"], *times)

    def use_tokens(self, value: str, actions: tuple[str, ...], at: datetime) -> None:
        """Marks every unused token of those actions about `value` as used, whichever copy was clicked."""
        for action_id in actions:
            self._change(
                "UPDATE tokens SET used_at = :at WHERE value = :value AND action_id = :action_id AND used_at IS NULL",
                at=timestamp(at),
                value=value,
                action_id=action_id,
            )

    def drop_tokens(self, before: datetime) -> int:
        """Forgets those that ended before then; answers how many it were."""
        return self._change("DELETE FROM tokens WHERE expires_at < :before", before=timestamp(before))
