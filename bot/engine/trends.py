"""How a stage's deploys go, read from our own rows; and its picture, sent to whoever asks."""

from io import BytesIO

from bot.domain.changes import Change
from bot.domain.errors import NotPossible
from bot.domain.trends import SUCCESSES, Trend, first_week, trend_of
from bot.engine.commands import Ask
from bot.engine.ports import Ports
from bot.messages.trend import trend_chart


def trend_of_stage(ports: Ports, stack: str, stage: str) -> Trend:
    """As of now."""
    now = ports.now()
    with ports.store.transaction() as tx:
        outcomes = tx.deploy_outcomes(stack, stage, first_week(now))
        lasted = tx.deploy_durations(stack, stage, SUCCESSES)
    return trend_of(outcomes, lasted, now)


def send_picture(ask: Ask, change: Change) -> str:
    """Sends the picture of the change's stage in a direct message and answers what it shows. Raises NotPossible where
    there is nothing to draw, and where Slack does not take the file."""
    ports, stack, stage = ask.house.ports, change.stack, change.stage
    chart = trend_chart(stack, stage, trend_of_stage(ports, stack, stage))
    if not chart.panels:
        raise NotPossible(
            f"There were no deploys of {stack} / {stage} in the last weeks to draw.",
            f"Type /tinystacks history {stack} {stage} for older ones.",
        )
    name = f"history-{stack}-{stage}-{ports.now():%Y-%m-%d}.png"
    try:
        ports.chat.send_file(ask.person.user_id, BytesIO(ports.charts.png(chart)), name, chart.words, chart.words)
    except NotPossible as error:
        raise NotPossible(
            error.fact, f"{error.remedy} Or read it in words: /tinystacks history {stack} {stage}"
        ) from error
    return chart.words
