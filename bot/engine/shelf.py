"""What the searched selects of open forms choose from, so that typing is answered without asking anybody."""

from collections import OrderedDict
from collections.abc import Sequence

from bot.engine.ports import Json

_MOST_FORMS = 50


class Shelf:
    """Options by the form's view id. In memory only: after a restart nothing is found, and a form's other field takes
    what is typed."""

    def __init__(self) -> None:
        self._options: OrderedDict[str, Sequence[Json]] = OrderedDict()

    def keep(self, view_id: str, options: Sequence[Json]) -> None:
        """Remembers them in place of others, and forgets the oldest form."""
        self._options.pop(view_id, None)
        self._options[view_id] = options
        while len(self._options) > _MOST_FORMS:
            self._options.popitem(last=False)

    def of(self, view_id: str) -> Sequence[Json]:
        """Empty where there are none."""
        return self._options.get(view_id, ())
