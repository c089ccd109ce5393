"""What people type for an image, taken apart and refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotPossible
from bot.domain.images import Reference, by_digest, image_of, in_ecr, parse_reference, short
from tests.domain.deploy_cases import ECR, NEW, PROPERTY


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("v42", Reference(tag="v42")),
        ("_x.y-Z", Reference(tag="_x.y-Z")),
        (NEW, Reference(digest=NEW)),
        ("nginx:1.27", Reference("nginx", "1.27")),
        (f"{ECR}:v42", Reference(ECR, "v42")),
        (f"{ECR}@{NEW}", Reference(ECR, None, NEW)),
        (f"shop:v42@{NEW}", Reference("shop", "v42", NEW)),
        ("localhost:5000/x:1", Reference("localhost:5000/x", "1")),
        ("ghcr.io/Acme.dev/a__b/c-d:1", None),
        ("Host.io/a__b/c---d.e:1", Reference("Host.io/a__b/c---d.e", "1")),
    ],
)
def test_a_reference_is_what_the_docker_grammar_says(text: str, reference: Reference | None) -> None:
    if reference is None:
        with pytest.raises(NotPossible):
            parse_reference(text)
    else:
        assert parse_reference(text) == reference
        assert str(reference) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "v 42",
        "v42\n",
        "v42\u202e",
        "-rf",
        "Shop:v42",
        "shop:",
        "shop@",
        "shop:v42@sha256:abc",
        "sha256:0a1b2c",
        NEW.upper(),
        f"{NEW}0",
        "shop:" + "v" * 129,
        "x" * 256 + ":v1",
        "a//b:1",
        "<!channel>:1",
        "٣:1",
        "a:٣",
    ],
)
def test_what_is_no_reference_is_refused_with_what_to_type(text: str) -> None:
    with pytest.raises(NotPossible) as caught:
        parse_reference(text)
    assert "Give a tag (v42)" in str(caught.value)
    assert str(caught.value).isprintable()


def test_nothing_is_no_image() -> None:
    with pytest.raises(NotPossible, match="No image is named"):
        parse_reference("")


def test_an_image_without_a_tag_is_refused_because_latest_is_never_meant() -> None:
    with pytest.raises(NotPossible, match="names no tag or digest"):
        parse_reference(ECR)


@PROPERTY
@given(st.text())
def test_any_text_is_a_reference_that_reads_back_or_a_refusal(text: str) -> None:
    try:
        reference = parse_reference(text)
    except NotPossible:
        return
    assert str(reference) == text


@PROPERTY
@given(st.text("ab/:@.", max_size=12))
def test_a_running_image_is_taken_apart_without_complaint(image: str) -> None:
    assert image_of(image).repository is not None


def test_a_bare_word_in_a_task_definition_is_a_repository() -> None:
    assert image_of("nginx") == Reference("nginx")
    assert image_of("localhost:5000/x") == Reference("localhost:5000/x")


def test_an_image_by_digest_says_so_and_is_shortened_for_people() -> None:
    assert image_of(by_digest(ECR, NEW)) == Reference(ECR, None, NEW)
    assert short(NEW) == "b2" * 6


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        (ECR, True),
        ("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b", True),
        ("111122223333.dkr-ecr.eu-west-1.on.aws/a", True),
        ("public.ecr.aws/nginx/nginx", False),
        ("evil.com/111122223333.dkr.ecr.us-east-1.amazonaws.com/shop", False),
        ("shop", False),
    ],
)
def test_ecr_is_told_by_its_host(repository: str, expected: bool) -> None:
    assert in_ecr(repository) is expected
