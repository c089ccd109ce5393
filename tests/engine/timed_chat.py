"""FakeChat on a clock that a test moves: when was what tried."""

from dataclasses import dataclass
from datetime import datetime
from threading import Semaphore

from bot.engine.ports import Json
from tests.fakes.chat import FakeChat
from tests.fakes.wakes import HandClock


@dataclass(frozen=True)
class Heard:
    """One try to post or edit: when, which message, what it was to say."""

    method: str
    at: datetime
    message: str
    text: str


class TimedChat(FakeChat):
    """FakeChat on the test's clock; `heard` has every try, failed ones too; `answers` counts what was answered to
    somebody, for whoever waits for it."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock.now())
        self._clock = clock
        self.heard: list[Heard] = []
        self.answers = Semaphore(0)

    def post_message(self, channel_id: str, message: Json, *, thread_ts: str | None, message_id: str) -> str:
        self._hear("post", message_id, message)
        return super().post_message(channel_id, message, thread_ts=thread_ts, message_id=message_id)

    def update_message(self, channel_id: str, ts: str, message: Json) -> None:
        self._hear("edit", ts, message)
        super().update_message(channel_id, ts, message)

    def respond(self, response_url: str, message: Json, *, replace: bool) -> None:
        self.now = self._clock.now()
        super().respond(response_url, message, replace=replace)
        self.answers.release()

    def post_ephemeral(self, channel_id: str, user_id: str, message: Json) -> None:
        self.now = self._clock.now()
        super().post_ephemeral(channel_id, user_id, message)
        self.answers.release()

    def edits(self) -> list[Heard]:
        """Every try to edit."""
        return [one for one in self.heard if one.method == "edit"]

    def posts(self, message_id: str) -> list[Heard]:
        """Every try to post that message."""
        return [one for one in self.heard if one.method == "post" and one.message == message_id]

    def _hear(self, method: str, message_id: str, message: Json) -> None:
        self.now = self._clock.now()
        self.heard.append(Heard(method, self.now, message_id, str(message["text"])))
