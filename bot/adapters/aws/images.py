"""The Images port on Amazon ECR; every other registry is answered with "nothing can be known" (ECS facts 1.8)."""

import heapq
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from bot.adapters.aws.manifests import Unreadable, architectures_of, config_digest_of, configured_architecture
from bot.adapters.aws.sessions import Sessions, Way
from bot.adapters.aws.translate import Asked, translated
from bot.domain.ecs import Image
from bot.domain.errors import AccessDenied, NotFound, Refusal
from bot.domain.stacks import Place

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr.type_defs import ImageIdentifierTypeDef

log = logging.getLogger(__name__)

HOST = re.compile(r"(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)/(.+)")
MEDIA_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
PAGES = 10
REMEMBERED = 1000
FRESH_SECONDS = 30.0
DIGESTS = 256
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Repository:
    """An ECR repository; account and region are the host's, which may differ from the stage's."""

    written: str
    registry_id: str
    region: str
    name: str

    @property
    def parameters(self) -> dict[str, Any]:
        """What every call about it carries."""
        return {"registryId": self.registry_id, "repositoryName": self.name}


def repository_of(written: str) -> Repository | None:
    """`ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME` taken apart; None: not ECR."""
    match = HOST.fullmatch(written)
    return Repository(written, match[1], match[2], match[3]) if match else None


@dataclass
class AwsImages:
    """`clock` counts seconds; the newest images of a repository are remembered for 30 of them, the architectures of a
    digest, which never change, for the last 256 digests."""

    sessions: Sessions
    clock: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock, init=False)
    _seen: dict[tuple[str | None, str], tuple[float, tuple[Image, ...]]] = field(default_factory=dict, init=False)

    _built: OrderedDict[str, tuple[str, ...]] = field(default_factory=OrderedDict, init=False)

    def image(self, place: Place, repository: str, reference: str) -> Image | None:
        """See the port. `architectures` stays empty when the role may not read manifests or configs."""
        ecr = repository_of(repository)
        if ecr is None:
            return None
        try:
            found = self._described(place, ecr, reference)
        except NotFound as missing:
            if missing.kind == "image":
                missing.known = self._tags(place, repository)
            raise
        return replace(found, architectures=self._architectures(place, ecr, found.digest))

    def newest(self, place: Place, repository: str, most: int) -> tuple[Image, ...]:
        """See the port. At most 1000, of the first 10 000 that ECR lists in no promised order. No architectures."""
        ecr = repository_of(repository)
        if ecr is None:
            return ()
        key = (place.role_arn, repository)
        with self._lock:
            at, images = self._seen.get(key, (-FRESH_SECONDS, ()))
        if self.clock() - at >= FRESH_SECONDS:
            images = self._listed(place, ecr)
            with self._lock:
                self._seen[key] = (self.clock(), images)
        return images[:most]

    def _tags(self, place: Place, repository: str) -> tuple[str, ...]:
        return tuple(tag for image in self.newest(place, repository, 100) for tag in image.tags)

    def _described(self, place: Place, ecr: Repository, reference: str) -> Image:
        names = {"image": reference}
        with self._reading("DescribeImages", place, ecr, names) as client:
            answer = client.describe_images(**ecr.parameters, imageIds=[image_id(reference)])
            return _image(ecr, answer["imageDetails"][0])

    def _listed(self, place: Place, ecr: Repository) -> tuple[Image, ...]:
        with self._reading("DescribeImages", place, ecr) as client:
            paginator: Any = client.get_paginator("describe_images")
            limits = {"PageSize": 1000, "MaxItems": PAGES * 1000}
            details = paginator.paginate(**ecr.parameters, PaginationConfig=limits).search("imageDetails[]")
            images = (_image(ecr, one) for one in details)
            return tuple(heapq.nlargest(REMEMBERED, images, key=lambda image: image.pushed_at or LONG_AGO))

    def _architectures(self, place: Place, ecr: Repository, digest: str) -> tuple[str, ...]:
        with self._lock:
            known = self._built.get(digest)
        if known:
            return known
        manifest = self._manifest(place, ecr, digest)
        found = (architectures_of(manifest) or self._configured(place, ecr, manifest)) if manifest else ()
        if found:
            self._remember(digest, found)
        return found

    def _remember(self, digest: str, architectures: tuple[str, ...]) -> None:
        with self._lock:
            self._built[digest] = architectures
            if len(self._built) > DIGESTS:
                self._built.popitem(last=False)

    def _configured(self, place: Place, ecr: Repository, manifest: str) -> tuple[str, ...]:
        """Of a plain manifest, whose config is a blob like a layer."""
        digest = config_digest_of(manifest)
        if not digest:
            return ()
        try:
            with self._reading("GetDownloadUrlForLayer", place, ecr) as client:
                url = client.get_download_url_for_layer(**ecr.parameters, layerDigest=digest)["downloadUrl"]
            return configured_architecture(url)
        except (Refusal, Unreadable) as error:
            log.warning("architecture_unknown repository=%s config=%s: %s", ecr.name, digest, error)
            return ()

    def _manifest(self, place: Place, ecr: Repository, digest: str) -> str:
        """Empty where it cannot be read."""
        try:
            with self._reading("BatchGetImage", place, ecr) as client:
                answer: Mapping[str, Any] = client.batch_get_image(
                    **ecr.parameters, imageIds=[{"imageDigest": digest}], acceptedMediaTypes=MEDIA_TYPES
                )
                manifests = [one["imageManifest"] for one in answer["images"]]
        except AccessDenied as denied:
            log.warning("%s Until then I cannot tell an image's architecture.", denied)
            return ""
        return manifests[0] if manifests else ""

    @contextmanager
    def _reading(
        self, call: str, place: Place, ecr: Repository, names: Mapping[str, str] | None = None
    ) -> Iterator["ECRClient"]:
        where = replace(place, region=ecr.region)
        with translated(Asked("ecr", call, where, {"repository": ecr.name, **(names or {})})):
            yield self.sessions.reader("ecr", Way(place.role_arn, ecr.region))


def image_id(reference: str) -> "ImageIdentifierTypeDef":
    """A tag or a `sha256:…` as ECR's API wants it."""
    return {"imageDigest": reference} if reference.startswith("sha256:") else {"imageTag": reference}


def _image(ecr: Repository, detail: Mapping[str, Any]) -> Image:
    return Image(
        repository=ecr.written,
        digest=detail["imageDigest"],
        tags=tuple(detail.get("imageTags", ())),
        pushed_at=detail.get("imagePushedAt"),
        size_bytes=detail.get("imageSizeInBytes"),
    )
