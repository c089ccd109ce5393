"""FakeScaling: the Scaling port in memory."""

from bot.domain.scaling import ScalingBounds
from bot.domain.stacks import Place
from tests.fakes.faults import Faults, Recorded


class FakeScaling(Faults):
    """Services have no bounds until the test gives them some."""

    def __init__(self) -> None:
        super().__init__()
        self._bounds: dict[tuple[str, str, str], ScalingBounds] = {}

    def has_bounds(self, place: Place, service: str, bounds: ScalingBounds) -> None:
        """Somebody registered these, in place of earlier ones."""
        self._bounds[place.region, place.cluster, service] = bounds

    def bounds(self, place: Place, service: str) -> ScalingBounds | None:
        with self.calling(Recorded("DescribeScalableTargets", place, {"service": service}, None)):
            return self._bounds.get((place.region, place.cluster, service))
