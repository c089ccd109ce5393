"""Locks, as rows: one for a stage, one for everything."""

from typing import Protocol

from bot.domain.locks import Lock, Unreadable


class LockRows(Protocol):
    """Table `locks`. A row that cannot be decoded is Unreadable."""

    def locks(self) -> tuple[Lock | Unreadable, ...]:
        """All of them, by stack and stage, ended ones too that nobody has removed yet."""
        ...

    def locks_on(self, stack: str, stage: str) -> tuple[Lock | Unreadable, ...]:
        """The freeze and the stage's own one; only the freeze where both names are empty."""
        ...

    def lock(self, lock_id: str) -> Lock | Unreadable | None:
        """By its id."""
        ...

    def take_lock(self, lock: Lock) -> bool:
        """Writes it unless the stage has one, which may be over already (False)."""
        ...

    def renew_lock(self, lock: Lock) -> bool:
        """Writes it in place of the one with its id and its owner; False: there is none."""
        ...

    def release_lock(self, lock: Lock | Unreadable) -> bool:
        """Deletes the one with its id and its owner; False: there is none any more."""
        ...
