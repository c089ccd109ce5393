"""FakeImages and FakeLogs: the Images and Logs ports in memory."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from bot.domain.ecs import Image, LogTarget
from bot.domain.errors import NotFound
from bot.domain.log_lines import LogLine
from bot.domain.stacks import Place
from tests.fakes.faults import Faults, Recorded

FIRST_PUSH = datetime(2026, 11, 1, tzinfo=UTC)


class FakeImages(Faults):
    """Repositories that were never pushed to do not exist; `foreign` ones are not ECR's."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign: set[str] = set()
        self._images: dict[str, list[Image]] = {}

    def has(self, repository: str, *tags: str, architectures: tuple[str, ...] = ("amd64",)) -> Image:
        """One more image, a day younger than the last; tags move to it from older ones."""
        kept = self._images.setdefault(repository, [])
        digest = "sha256:" + sha256(f"{repository}{tags}{len(kept)}".encode()).hexdigest()
        pushed_at = FIRST_PUSH + timedelta(days=len(kept))
        kept[:] = [_without(image, tags) for image in kept]
        kept.append(Image(repository, digest, tags, pushed_at, 50_000_000, architectures))
        return kept[-1]

    def loses(self, repository: str, tag: str) -> None:
        """Somebody deleted the image under that tag."""
        kept = self._images[repository]
        kept[:] = [image for image in kept if tag not in image.tags]

    def image(self, place: Place, repository: str, reference: str) -> Image | None:
        if repository in self.foreign:
            return None
        with self.calling(Recorded("DescribeImages", place, {"repository": repository, "image": reference}, None)):
            known = self._known(place, repository)
            for image in known:
                if reference == image.digest or reference in image.tags:
                    return image
            tags = tuple(tag for image in reversed(known) for tag in image.tags)
            raise NotFound("image", reference, repository, known=tags)

    def newest(self, place: Place, repository: str, most: int) -> tuple[Image, ...]:
        if repository in self.foreign:
            return ()
        with self.calling(Recorded("DescribeImages", place, {"repository": repository}, None)):
            return tuple(reversed(self._known(place, repository)))[:most]

    def _known(self, place: Place, repository: str) -> list[Image]:
        if repository not in self._images:
            raise NotFound("repository", repository, place.region)
        return self._images[repository]


def _without(image: Image, tags: tuple[str, ...]) -> Image:
    left = tuple(tag for tag in image.tags if tag not in tags)
    return Image(image.repository, image.digest, left, image.pushed_at, image.size_bytes, image.architectures)


class FakeLogs(Faults):
    """Log groups and what containers wrote to them. `clock` gives the times."""

    def __init__(self, clock: Callable[[], datetime] = lambda: FIRST_PUSH) -> None:
        super().__init__()
        self._clock = clock
        self._groups: dict[str, dict[str, list[LogLine]]] = {}

    def has_group(self, group: str) -> None:
        """It exists, maybe empty."""
        self._groups.setdefault(group, {})

    def wrote(self, target: LogTarget, container: str, task_id: str, *lines: str, at: datetime | None = None) -> None:
        """The container wrote these lines, in this order, now or then."""
        self.writes(target, f"{target.stream_prefix}/{container}/{task_id}", *lines, at=at)

    def writes(self, target: LogTarget, stream: str, *lines: str, at: datetime | None = None) -> None:
        """The same, to a stream of any name."""
        self.has_group(target.group)
        written = [LogLine(at or self._clock(), stream, line) for line in lines]
        self._groups[target.group].setdefault(stream, []).extend(written)

    def tail(self, place: Place, target: LogTarget, container: str, task_id: str, lines: int) -> tuple[str, ...]:
        if not target.stream_prefix:
            return ()
        stream = f"{target.stream_prefix}/{container}/{task_id}"
        with self.calling(Recorded("GetLogEvents", place, {"group": target.group, "stream": stream}, None)):
            self._insist_on_group(place, target)
            return tuple(one.text for one in self._groups[target.group].get(stream, [])[-lines:])

    def newest(
        self, place: Place, target: LogTarget, streams: Sequence[str], until: datetime, most: int
    ) -> tuple[LogLine, ...]:
        asked = {"group": target.group, "streams": list(streams), "most": most}
        with self.calling(Recorded("FilterLogEvents", place, asked, None)):
            self._insist_on_group(place, target)
            group = self._groups[target.group]
            found = [one for stream in streams for one in group.get(stream, []) if one.at <= until]
            return tuple(sorted(found, key=lambda one: one.at)[-most:])

    def group_exists(self, place: Place, target: LogTarget) -> bool:
        with self.calling(Recorded("DescribeLogStreams", place, {"group": target.group}, None)):
            return target.group in self._groups

    def _insist_on_group(self, place: Place, target: LogTarget) -> None:
        if target.group not in self._groups:
            raise NotFound("log group", target.group, target.region or place.region)
