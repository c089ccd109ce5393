"""Words → command; who is it, may they; errors → replies; buttons and forms by `verb:action`."""

import json
import logging
from dataclasses import replace

import click

from bot.domain.errors import NotAllowed, NotPossible, Refusal, UnknownName, Unrecorded
from bot.domain.masking import masked
from bot.domain.names import find_stage
from bot.domain.people import Person
from bot.domain.policy import READING_VERBS, Moment, door
from bot.domain.requests import Ack, Kind, Request
from bot.domain.words import MOST_CHARACTERS, joined, plain, respelt, words
from bot.engine.audit import note
from bot.engine.commands import Answer, Ask, Command, House
from bot.engine.forms import placed, run_or_ask, sent_off, submit_of, suggestions, wrong_fields
from bot.engine.home import show_home, tell_home
from bot.engine.ports import Json
from bot.engine.replies import remembered, reply
from bot.engine.tokens import Tokens, eyes_of, opened, token_of
from bot.engine.unfurl import unfurl
from bot.messages.help import first_run
from bot.messages.kit import ANSWER
from bot.messages.refusals import misused, refusal, said, unexpected

_log = logging.getLogger(__name__)

_STAYS = (":approve", ":deny", ":withdraw", "exec:show", "logs:task", "stop:offer", "schedule:remove")
"""Answers to these stand beside what was clicked: a list of several."""

SILENT = (Kind.HOME, Kind.LINK)
"""Nobody is told when one of these was lost: nobody asked for anything."""

_AUDITED = {"audit", "exec", "logs"}
"""Verbs that change nothing, and yet it is written down who looked."""


class Dispatch:
    """One request, from its words to its answer."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._tokens = Tokens(house.ports)

    def ack(self, request: Request) -> tuple[Ack, bool]:
        """The immediate answer, and whether there is work to follow. Reads nothing but the config."""
        if request.kind is Kind.COMMAND:
            return Ack(text=self._reading(request)), True
        if request.kind is Kind.SUGGESTION:
            return Ack(payload=suggestions(self._house, request)), False
        if request.kind is Kind.SUBMISSION:
            command = self._house.commands.get(request.callback_id)
            return sent_off(request, wrong_fields(command, request, self._house.config) if command else {})
        return Ack(), True

    def run(self, request: Request) -> None:
        """Does it and answers; nobody ever sees a traceback."""
        request = self._addressed(request)
        done = False
        try:
            answer = self._answer(request)
            done = True
        except Refusal as error:
            self._refused(request, error)
            answer = refusal(error, respelt(request.text, error))
        except Unrecorded as trouble:
            answer = refusal(trouble)
        except click.UsageError as error:
            answer = misused(error.format_message(), self._usage(request, error))
        except Exception:
            error_id = self._house.ports.new_id()[:8]
            _log.exception("request_failed id=%s kind=%s user=%s", error_id, request.kind, request.user_id)
            answer = unexpected(error_id)
        if answer is not None:
            self.say(request, answer, done=done)

    def say(self, request: Request, answer: Json, *, done: bool = False) -> None:
        """To that person only. What was clicked stays until it is done: its buttons are the way to try again."""
        # A form `verb:action` was opened by a button: what it stands on, a card perhaps, is everybody's.
        request = placed(request)
        asked = request.kind in (Kind.COMMAND, Kind.SUBMISSION) and ":" not in request.callback_id
        if not (request.response_url or request.channel_id or request.callback_id == ANSWER):
            return tell_home(self._house, request, answer)
        used_up = done and self._for_one(request) and not request.action_id.endswith(_STAYS)
        sealed = self._sealed(answer, eyes_of(self._house.config.workspace, request.user_id))
        reply(self._house.ports.chat, self._addressed(request), sealed, replace=asked or used_up)

    def _sealed(self, answer: Json, eyes: str) -> Json:
        try:
            return self._tokens.sealed(answer, eyes)
        except Unrecorded:
            # What nobody could take for a button of ours is better left away.
            blocks = [block for block in answer.get("blocks", ()) if "button" not in json.dumps(block)]
            return {**answer, "blocks": blocks}

    def _for_one(self, request: Request) -> bool:
        """Whether what was clicked is seen by that person only: a card stays whatever is answered."""
        with self._house.ports.store.transaction() as tx:
            token = token_of(tx, request)
        return token is not None and token.about.startswith("@")

    def only_looks(self, request: Request) -> bool:
        """Whether it may be answered without being stored: it changes nothing, and nobody need know of it later."""
        if request.kind in SILENT:
            return True
        if request.kind is Kind.SUBMISSION:
            return request.callback_id in READING_VERBS - _AUDITED
        verb = (_words(request) or ("help",))[0].lower()
        return request.kind in (Kind.COMMAND, Kind.MENTION) and verb in READING_VERBS - _AUDITED

    def words_of(self, request: Request) -> str:
        """What to type for a request that was lost."""
        if request.kind in (Kind.COMMAND, Kind.MENTION):
            return f"/tinystacks {request.text}"
        verb = (request.callback_id or request.action_id).partition(":")[0]
        command = self._house.commands.get(verb)
        return command.usage if command else "/tinystacks help"

    def _answer(self, request: Request) -> Answer:
        if request.kind is Kind.HOME:
            show_home(self._house, request)
            return None
        if request.kind is Kind.LINK:
            unfurl(self._house, request)
            return None
        if request.kind is Kind.SHORTCUT:
            request = replace(request, text=request.callback_id)
        request = self._located(request)
        person = self._person(request)
        request, token = opened(self._house.ports, replace(request, team_id=person.team_id))
        ask = Ask(request, person, self._house, token)
        if request.kind in (Kind.COMMAND, Kind.MENTION, Kind.SHORTCUT):
            return self._command(ask)
        if request.kind is Kind.SUBMISSION:
            return self._done(ask, request.callback_id)
        return self._done(ask, request.action_id) if request.kind is Kind.ACTION else None

    def _done(self, ask: Ask, what: str) -> Answer:
        """A button or form `verb:action`, or the form of a verb."""
        verb, _, name = what.partition(":")
        command = self._verb(verb)
        act = command.actions.get(name) if name else submit_of(command)
        if act is None and ask.token:
            raise NotPossible("I do not know this button any more.", "Use a newer message, or type the command.")
        return act(ask) if act else None

    def _command(self, ask: Ask) -> Answer:
        parts = _words(ask.request)
        if len(ask.request.text) > MOST_CHARACTERS:
            long = f"That command has {len(ask.request.text):,} characters; I read at most {MOST_CHARACTERS:,}."
            return said(f"🚫 {long} Nothing was changed. Type `/tinystacks help` for what I understand.")
        if not self._house.config.stacks:
            return first_run(ask.person.user_id, ask.request.channel_id)
        verb, rest = (parts[0].lower(), parts[1:]) if parts else ("help", ())
        command = self._verb(verb)
        rest = joined(rest, command.sentences)
        if "--help" in rest or "-h" in rest:
            command, rest = self._verb("help"), (verb,)
        return run_or_ask(ask, command, rest)

    def _verb(self, word: str) -> Command:
        if word not in self._house.commands:
            raise UnknownName("verb", word, tuple(self._house.commands), "All of them: /tinystacks help")
        return self._house.commands[word]

    def _located(self, request: Request) -> Request:
        """With whether its channel is shared with another workspace, as far as Slack tells."""
        if request.external_channel or not request.channel_id:
            return request
        try:
            external = self._house.ports.chat.channel(request.channel_id).external
        except Refusal as error:
            _log.warning("channel_unread channel=%s: %s", request.channel_id, error)
            return replace(request, external_channel=None)
        return replace(request, external_channel=bool(external))

    def _person(self, request: Request) -> Person:
        person = self._house.ports.people.person(request.team_id, request.user_id)
        refused = door(person, Moment(self._house.config, {}, request.external_channel))
        if refused:
            raise NotAllowed(refused.reason, refused.who_could)
        return person

    def _reading(self, request: Request) -> str:
        """`Reading shop / staging …` where the words name a stage; a plain receipt where they do not."""
        parts = _words(request)
        if len(parts) < 2 or parts[0].lower() not in self._house.commands or parts[0].lower() == "help":
            return "One moment …"
        try:
            stage = find_stage(self._house.config, parts[1], parts[2] if len(parts) > 2 else "")
        except Refusal:
            return "One moment …"
        return f"Reading {stage.stack} / {stage.name} …"

    def _refused(self, request: Request, error: Refusal) -> None:
        """A refusal is an event: it is written down like a change. Where it cannot be, nothing was changed either."""
        try:
            self._write_refused(request, error)
        except Unrecorded as trouble:
            _log.warning("refusal_unrecorded user=%s (%s): %s", request.user_id, trouble.reason, error)

    def _write_refused(self, request: Request, error: Refusal) -> None:
        ports, who = self._house.ports, Person(request.team_id, request.user_id, request.user_name)
        action = request.action_id or request.callback_id or (_words(request)[:1] or ("help",))[0]
        with ports.store.transaction() as tx:
            detail = {"sentence": str(error)[:500], "words": " ".join(masked([plain(request.text[:200])]))}
            token = token_of(tx, request)
            change = tx.change(token.value) if token else None
            about = (
                {"change_id": change.id, "stack": change.stack, "stage": change.stage}
                if change
                else self._stage(request)
            )
            note(tx, ports.now(), who, action[:60], "refused", detail=detail, **about)

    def _stage(self, request: Request) -> dict[str, str]:
        """The stage that a command's words, or a form's fields, name; nothing where they name none."""
        stack, stage = (*_words(request)[1:3], "", "")[:2]
        if request.kind is Kind.SUBMISSION:
            stack, _, stage = str(next(iter(request.values.get("stage", {}).values()), "") or "").partition("/")
        try:
            found = find_stage(self._house.config, stack, stage)
        except Refusal:
            return {}
        return {"stack": found.stack, "stage": found.name}

    def _addressed(self, request: Request) -> Request:
        """A form belongs to where it was asked for: its metadata remembers the channel, we the way back."""
        if request.metadata and not request.channel_id:
            request = replace(request, channel_id=remembered(request.metadata, "channel_id"))
        url = request.response_url or self._house.addresses.of(request.view_id)
        return replace(request, response_url=url)

    def _usage(self, request: Request, error: click.UsageError) -> str:
        """Click names the command only when its arguments were read that far."""
        typed = (error.ctx.info_name if error.ctx else "") or next(iter(_words(request)), "")
        command = self._house.commands.get(typed.lower())
        return command.usage if command else "/tinystacks help"


def _words(request: Request) -> tuple[str, ...]:
    """The words of a command; of one that is too long, only its beginning is looked at."""
    return words(plain(request.text[:MOST_CHARACTERS]))
