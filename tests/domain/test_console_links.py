"""Addresses of the AWS console: what they are about, and nothing at all of any other."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.console_links import ConsoleLink, console_link, stages_of
from bot.domain.stacks import Place, Stage

NEW = "https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/prod"
OLD = "https://console.aws.amazon.com/ecs/home?region=eu-west-1#/clusters/prod"
TASK = "0123456789abcdef" * 2
SHOP = ConsoleLink("eu-west-1", "prod", "shop-prod")
STAGE = Stage("shop", "prod", Place("eu-west-1", "prod"), "shop-prod", "C0PROD")

regions = st.sampled_from(["eu-west-1", "us-east-1", "us-gov-west-1", "ap-southeast-3"])
names = st.from_regex(r"[A-Za-z0-9_-]{1,255}", fullmatch=True)
task_ids = st.one_of(st.from_regex(r"[0-9a-f]{32}", fullmatch=True), st.uuids().map(str))
wholes = st.builds(ConsoleLink, regions, names, st.one_of(st.just(""), names), st.one_of(st.just(""), task_ids))
links = wholes.filter(lambda link: link.service or link.task_id)


@pytest.mark.parametrize(
    ("url", "about"),
    [
        (f"{NEW}/services/shop-prod", SHOP),
        (f"{NEW}/services/shop-prod/", SHOP),
        (f"{NEW}/services/shop-prod/health?region=eu-west-1", SHOP),
        (f"{NEW}/services/shop-prod/health?tab=x&amp;region=eu-west-1#top", SHOP),
        (f"{NEW}/services/shop-prod/tasks/{TASK}/configuration", replace(SHOP, task_id=TASK)),
        (f"{NEW}/tasks/{TASK}?region=eu-west-1", replace(SHOP, service="", task_id=TASK)),
        (NEW.replace("eu-", "111122223333-ab1cd2ef.eu-", 1) + "/services/shop-prod", SHOP),
        (f"{OLD}/services/shop-prod/details", SHOP),
        (OLD.replace("?", "?a=1&amp;") + "/services/shop-prod", SHOP),
        (f"{OLD}/tasks/{TASK}/details", replace(SHOP, service="", task_id=TASK)),
        (OLD.replace("//console", "//eu-west-1.console") + "/services/shop-prod/tasks", SHOP),
    ],
)
def test_both_shapes_of_the_console_are_understood(url: str, about: ConsoleLink) -> None:
    assert console_link(url) == about


@pytest.mark.parametrize(
    "url",
    [
        "",
        NEW,
        f"{NEW}/services",
        f"{NEW}/tasks/{TASK}0",
        f"{NEW}/tasks/{TASK[:-1]}",
        f"{NEW}/services/shop%2Dprod",
        f"{NEW}/services/shop prod",
        f"{NEW}/services/shop\n",
        f"{NEW}/services/shöp",
        f"{NEW}/services/{'x' * 256}",
        f"{NEW}/services/shop?region=us-east-1",
        f"{NEW}/services/shop?region=",
        f"{NEW}/services/shop/{'x' * 2_000}",
        OLD.replace("region=eu-west-1", "") + "/services/shop",
        OLD.replace("region=eu-west-1", "region=moon") + "/services/shop",
        f"{NEW}/services/shop".replace("https", "http"),
        f"{NEW}/services/shop".replace("amazon.com", "amazon.com.evil.example"),
        f"{NEW}/services/shop".replace("eu-west-1.", "evil.example/"),
        f"{NEW}/services/shop".replace("https://", "https://evil@"),
    ],
)
def test_anything_else_is_nothing(url: str) -> None:
    assert console_link(url) is None


@given(links)
def test_what_a_link_was_made_of_is_read_back_from_both_shapes(link: ConsoleLink) -> None:
    what = (f"/services/{link.service}" if link.service else "") + (f"/tasks/{link.task_id}" if link.task_id else "")
    new = f"https://{link.region}.console.aws.amazon.com/ecs/v2/clusters/{link.cluster}{what}"
    old = f"https://console.aws.amazon.com/ecs/home?region={link.region}#/clusters/{link.cluster}{what}/details"
    assert console_link(new) == console_link(f"{new}/logs?region={link.region}") == console_link(old) == link


@given(st.one_of(st.text(), st.text().map(lambda tail: f"{NEW}/services/{tail}"), st.text().map(lambda t: OLD + t)))
def test_no_address_makes_it_fail_and_names_keep_to_what_aws_allows(url: str) -> None:
    link = console_link(url)
    assert link is None or re.fullmatch(r"[A-Za-z0-9_-]*", link.cluster + link.service + link.task_id)


def test_a_service_is_of_the_stage_in_its_region_and_cluster() -> None:
    others = [replace(STAGE, place=Place("us-east-1", "prod")), replace(STAGE, place=Place("eu-west-1", "other"))]
    assert stages_of(SHOP, [*others, STAGE, replace(STAGE, service="other")]) == (STAGE,)
    assert stages_of(SHOP, others) == ()


def test_a_task_may_be_of_every_stage_of_its_cluster() -> None:
    second = replace(STAGE, name="canary", service="canary")
    assert stages_of(ConsoleLink("eu-west-1", "prod", "", TASK), [STAGE, second]) == (STAGE, second)


def test_where_two_accounts_have_the_same_names_nobody_knows_which_is_meant() -> None:
    elsewhere = replace(STAGE, name="copy", place=replace(STAGE.place, role_arn="arn:aws:iam::444455556666:role/bot"))
    assert stages_of(SHOP, [STAGE, elsewhere]) == ()
