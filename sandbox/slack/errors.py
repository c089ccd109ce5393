"""The one error of the local Slack: Slack's own error code, with what Slack sends beside it."""

from sandbox.slack.workspace import Json


class SlackError(Exception):
    """`code` is Slack's error code such as `channel_not_found`; `extra` goes into the same JSON body."""

    def __init__(self, code: str, **extra: object) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def as_json(self) -> Json:
        return {"ok": False, "error": self.code, **self.extra}


def invalid(code: str, problems: list[str]) -> SlackError:
    """Slack's form for a refused argument: one line per problem, each with its JSON pointer."""
    return SlackError(code, response_metadata={"messages": problems}, errors=problems)
