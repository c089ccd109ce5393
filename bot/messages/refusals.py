"""What is said when something is not done: what happened, what is true now, what to do next."""

from bot.domain.errors import Refusal, Unrecorded
from bot.messages.kit import Message, code, escape, message, section


def refusal(error: Refusal | Unrecorded, meant: str = "") -> Message:
    """The refusal's own sentence; names and AWS's words in it stay text. `meant`: the words that perhaps were meant."""
    text = escape(str(error), 1_500)
    typed = f"\nType: {code(f'/tinystacks {meant}', 500)}" if meant else ""
    return message(text, section(f"🚫 {text}{typed}"))


def unexpected(error_id: str) -> Message:
    """For a fault of ours: the id is in the log, the traceback too, and only there."""
    text = (
        f"Something went wrong on my side (error {error_id}). What was already under way is still followed. "
        f"Try again; if it happens again, show the id to whoever runs me: it is in my log."
    )
    return message(text, section(f"🚫 {text.replace(error_id, code(error_id))}"))


def restarted(words: str) -> Message:
    """For a request that was stored but not finished when the process ended."""
    text = "I was restarted before I finished. Nothing was changed by it. Please type it again:"
    return message(text, section(f"{text}\n{code(words, 1_000)}"))


def said(text: str) -> Message:
    """A plain sentence of ours, as mrkdwn."""
    return message(text, section(text))


def misused(problem: str, usage: str) -> Message:
    """Words that do not fit the command's arguments."""
    said = problem.removesuffix(".")
    text = f"{escape(said, 500)}{'' if said.endswith('?') else '.'} Nothing was changed."
    return message(text, section(f"🚫 {text}\nUsage: {code(usage)}"))
