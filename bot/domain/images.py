"""Image references as people and task definitions write them, by the grammar of the Docker reference specification
(distribution/reference): `[host[:port]/]name[:tag][@sha256:…]`."""

import re
from dataclasses import dataclass

from bot.domain.errors import NotPossible

_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?"
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*", re.ASCII)
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_ECR = re.compile(r"[0-9]{12}\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)/.+", re.ASCII)
_LONGEST_REPOSITORY = 255

USAGE = "Give a tag (v42), a digest (sha256: and 64 hex digits) or a full reference (registry/name:tag)."


@dataclass(frozen=True, slots=True)
class Reference:
    """One image as named by somebody. `repository` None: only a tag or a digest was given; at least one of the three
    is there. `digest` is `sha256:` and 64 hex digits."""

    repository: str | None = None
    tag: str | None = None
    digest: str | None = None

    def __str__(self) -> str:
        if self.repository is None:
            return self.digest or self.tag or ""
        tagged = f"{self.repository}:{self.tag}" if self.tag else self.repository
        return f"{tagged}@{self.digest}" if self.digest else tagged


def parse_reference(text: str) -> Reference:
    """What a person typed; a bare word is a tag.

    Raises NotPossible where the text is no reference, or names neither tag nor digest: a deployment of whatever
    `latest` happens to be is never meant."""
    if not text:
        raise NotPossible("No image is named.", USAGE)
    if _DIGEST.fullmatch(text):
        return Reference(digest=text)
    if _TAG.fullmatch(text):
        return Reference(tag=text)
    reference = image_of(text)
    if not _well_formed(reference):
        raise NotPossible(f"“{_shown(text)}” is not an image.", USAGE)
    if not (reference.tag or reference.digest):
        raise NotPossible(f"“{text}” names no tag or digest.", USAGE)
    return reference


def image_of(image: str) -> Reference:
    """A container's `image` taken apart; a bare word is a repository. Never raises: what ECS runs is what it runs."""
    named, at, digest = image.partition("@")
    path, colon, tag = named.rpartition(":")
    if not colon or "/" in tag:
        path, colon, tag = named, "", ""
    return Reference(path, tag if colon else None, digest if at else None)


def by_digest(repository: str, digest: str) -> str:
    """The image string that can only ever mean one image."""
    return f"{repository}@{digest}"


def short(digest: str) -> str:
    """Twelve hex digits: enough for people to tell images apart."""
    return digest.removeprefix("sha256:")[:12]


def in_ecr(repository: str) -> bool:
    """Whether the repository belongs to Amazon ECR, by its host name (ECR user guide, private registries)."""
    return _ECR.fullmatch(repository) is not None


def _well_formed(reference: Reference) -> bool:
    repository, tag, digest = reference.repository or "", reference.tag, reference.digest
    return (
        len(repository) <= _LONGEST_REPOSITORY
        and _REPOSITORY.fullmatch(repository) is not None
        and repository != "sha256"  # a digest that lost some of its digits, not a repository of that name
        and (tag is None or _TAG.fullmatch(tag) is not None)
        and (digest is None or _DIGEST.fullmatch(digest) is not None)
    )


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text[:60]) + ("…" if len(text) > 60 else "")
