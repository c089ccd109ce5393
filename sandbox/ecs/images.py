"""Images: moto's ECR holds them, a table says how each digest behaves."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from moto.ecr.models import ecr_backends

from sandbox.ecs.behaviours import BEHAVIOURS, FINE, Behaviour, not_found, wrong_platform
from sandbox.ecs.model import ACCOUNT

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
REFERENCE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[^@:]+)(?P<id>.*)"
)


@dataclass(frozen=True)
class Pulled:
    """What a pull came to: a digest and a behaviour, or the error ECS would show."""

    digest: str | None
    behaviour: Behaviour
    error: str = ""


def digest_of(text: str) -> str:
    return "sha256:" + sha256(text.encode()).hexdigest()


def registry(region: str) -> str:
    return f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com"


def index_of(name: str, architectures: tuple[str, ...]) -> str:
    """An OCI image index with one (made up) manifest for each architecture."""
    manifests = [
        {
            "mediaType": MANIFEST,
            "digest": digest_of(f"{name}/{architecture}"),
            "size": 1784,
            "platform": {"os": "linux", "architecture": architecture},
        }
        for architecture in architectures
    ]
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})


def repository_of(reference: str) -> str:
    """An image reference without tag and digest."""
    path, slash, name = reference.partition("@")[0].rpartition("/")
    return path + slash + name.partition(":")[0]


class Images:
    """`behaviours` maps an image digest to a key of BEHAVIOURS; a digest that is not in it is fine."""

    def __init__(self) -> None:
        self.behaviours: dict[str, str] = {}

    def push(self, region: str, repository: str, tags: tuple[str, ...], pushed_at: datetime, **what: Any) -> str:
        """Puts one image (`kind`, `architectures`) under its tags; the answer is its digest."""
        backend = ecr_backends[ACCOUNT][region]
        manifest = index_of(f"{repository}:{tags[0]}", what.get("architectures", ("amd64", "arm64")))
        digest = digest_of(manifest)
        for tag in tags:
            image = backend.put_image(repository, manifest, tag, INDEX, digest)
            image.image_pushed_at = int(pushed_at.timestamp())
        self.behaviours[digest] = what.get("kind", "fine")
        return digest

    def pull(self, reference: str, architecture: str) -> Pulled:
        """What an instance gets for an image reference; anything outside ECR is taken for a good image."""
        match = REFERENCE.fullmatch(reference)
        if match is None:
            return Pulled(digest_of(reference), FINE)
        image = self._find(match["region"], match["name"], match["id"])
        if image is None:
            return Pulled(None, BEHAVIOURS["pull"], not_found(reference))
        manifests = json.loads(image.image_manifest).get("manifests", [])
        if manifests and architecture not in [one["platform"]["architecture"] for one in manifests]:
            return Pulled(None, BEHAVIOURS["pull"], wrong_platform(f"linux/{architecture}"))
        digest = image.get_image_digest()
        return Pulled(digest, BEHAVIOURS[self.behaviours.get(digest, "fine")])

    def tag_of(self, reference: str) -> str:
        """The tag people know an image by, also where it is written by digest; its short digest when it has none."""
        match = REFERENCE.fullmatch(reference)
        image = self._find(match["region"], match["name"], match["id"]) if match else None
        written = reference.partition("@")[0].rpartition("/")[2].partition(":")[2]
        if image is None:
            return written or reference[-8:]
        tags = [str(tag) for tag in image.image_tags]
        return written or next(iter(tags), str(image.get_image_digest())[7:15])

    def tags_beside(self, reference: str) -> list[str]:
        """Every tag of the repository an image comes from, newest first."""
        match = REFERENCE.fullmatch(reference)
        repository = ecr_backends[ACCOUNT][match["region"]].repositories.get(match["name"]) if match else None
        images = sorted(repository.images if repository else [], key=lambda one: -int(one.image_pushed_at))
        return [str(tag) for image in images for tag in image.image_tags]

    def _find(self, region: str, name: str, suffix: str) -> Any:
        repository = ecr_backends[ACCOUNT][region].repositories.get(name)
        tag, _, digest = suffix.partition("@")
        tag = tag.removeprefix(":") or "latest"
        images = list(repository.images) if repository else []
        wanted = [one for one in images if (one.get_image_digest() == digest if digest else tag in one.image_tags)]
        return wanted[0] if wanted else None
