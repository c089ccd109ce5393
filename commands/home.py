"""`home`: the App Home, and what is clicked in it."""

import click

from bot.domain.errors import NotPossible
from bot.domain.names import find_stack
from bot.engine.commands import Answer, Ask, Command
from bot.engine.deploy_form import open_form
from bot.engine.home import dismiss, show_home, turn_to
from bot.engine.rights import require
from bot.engine.status import status_of
from bot.engine.tokens import eyes_of
from bot.messages.home import ALL
from bot.messages.kit import answer_view
from bot.messages.refusals import said
from bot.messages.status import EVERYTHING


@click.command("home", add_help_option=False, short_help="brings your App Home up to date")
@click.pass_obj
def home(ask: Ask) -> Answer:
    """Brings your App Home up to date: what waits for you, what runs, all stacks, what you changed last. Slack shows it
    when you choose TinyStacks under Apps."""
    require(ask, "home", None)
    show_home(ask.house, ask.request)
    return said("Your Home is up to date: choose *TinyStacks* under *Apps*, then *Home*.")


def _deploy(ask: Ask) -> Answer:
    _behind(ask)
    open_form(ask, "", "", "")
    return None


def _status(ask: Ask) -> Answer:
    """In a window, which opens before anything is read: Slack lets it open for three seconds only."""
    stack = EVERYTHING if ask.request.action_id == "home:status" else _behind(ask)
    _behind(ask)
    chat, house = ask.house.ports.chat, ask.house
    view_id = chat.open_view(ask.request.trigger_id, answer_view("Status", said("Reading …")))
    eyes = eyes_of(house.config.workspace, ask.request.user_id)
    answer = house.homes.tokens(house.ports).sealed(status_of(ask, stack, ""), eyes)
    chat.update_view(view_id, answer_view("Status", answer))
    return None


def _page(ask: Ask) -> Answer:
    turn_to(ask, "", int(_behind(ask)))
    return None


def _stack(ask: Ask) -> Answer:
    """A choice, which carries no token: it shows what every own member may see."""
    require(ask, "home", None)
    chosen = ask.request.value
    turn_to(ask, "" if chosen == ALL else find_stack(ask.house.config, chosen).name, 0)
    return None


def _dismiss(ask: Ask) -> Answer:
    _behind(ask)
    dismiss(ask)
    return None


def _behind(ask: Ask) -> str:
    if ask.token is None:
        raise NotPossible("I do not know this button.", "Open my Home again, and use what stands there.")
    require(ask, "home", None)
    return ask.request.value


COMMAND = Command(
    cli=home,
    actions={
        "deploy": _deploy,
        "status": _status,
        "details": _status,
        "previous": _page,
        "next": _page,
        "stack": _stack,
        "dismiss": _dismiss,
    },
)
