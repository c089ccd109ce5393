"""The bounds that Application Auto Scaling keeps a service's desired count in (ECS facts 3.5)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScalingBounds:
    """A service's scalable target: `least` and `most` tasks, inclusive; which kinds of scaling are suspended."""

    least: int
    most: int
    scaling_in_suspended: bool = False
    scaling_out_suspended: bool = False
    schedules_suspended: bool = False

    @property
    def suspended(self) -> bool:
        """Whether nothing will scale by itself."""
        return self.scaling_in_suspended and self.scaling_out_suspended and self.schedules_suspended
