"""How every adapter of AWS calls: with the bot's session to read, with the person's to write, its errors translated."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from botocore import xform_name

from bot.adapters.aws.sessions import Sessions, Way
from bot.adapters.aws.translate import Asked, translated
from bot.domain.people import OnBehalf
from bot.domain.stacks import Place
from bot.engine.ports import Json

C = TypeVar("C")
T = TypeVar("T")


def batches(items: Sequence[T], most: int) -> Iterator[list[T]]:
    """The items without repeats, `most` at a time."""
    unique = list(dict.fromkeys(items))
    return (unique[at : at + most] for at in range(0, len(unique), most))


@dataclass
class Calling(Generic[C]):
    """One of AWS's services, for any stage's role. `service`: botocore's name of it; `action`: IAM's prefix, where that
    is another one; `named`: what a write is about → the parameter that says so."""

    sessions: Sessions
    service: ClassVar[str] = ""
    action: ClassVar[str] = ""
    named: ClassVar[Mapping[str, str]] = {}

    @contextmanager
    def reading(self, call: str, place: Place, names: Mapping[str, str] | None = None) -> Iterator[C]:
        """A client that retries. What AWS answers is to be taken apart inside."""
        with translated(self._asked(call, place, names or {})):
            yield self.sessions.reader(self.service, Way(place.role_arn, place.region))

    @contextmanager
    def writing(self, call: str, place: Place, request: Json, who: OnBehalf) -> Iterator[Callable[..., Any]]:
        """The call itself, which sends once, in the name of `who`."""
        names = {kind: str(request.get(parameter, "")) for kind, parameter in self.named.items()}
        with translated(self._asked(call, place, names)):
            client = self.sessions.writer(self.service, Way(place.role_arn, place.region, who))
        with translated(self._asked(call, place, names, write=True)):
            yield getattr(client, xform_name(call))

    def _asked(self, call: str, place: Place, names: Mapping[str, str], write: bool = False) -> Asked:
        return Asked(self.action or self.service, call, place, names, write)
