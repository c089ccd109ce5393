"""tinystacks.yml -> the exact line for each thing that is wrong, all of them at once."""

from pathlib import Path

import pytest

from bot.config import BadConfig, parse, read_config
from tests.config_samples import GOOD, changed, problems_of

S = "tinystacks.yml:{}: stacks.shop.stages[0].{}: {}"
NAME_IS = "is not a name: letters, digits, - and _, at most 40"
TEXT_1_200 = "must be text of 1 to 200 characters, without control characters"
DURATION = "must be a duration such as 90s, 20m, 2h or 1d (at most 30d)"
NO_GROUP = "is no group of `people`; write one of developers, release"
NO_WINDOW = "is no weekly window; write one such as “fri 16:00 – mon 08:00 Europe/Berlin”"
BAD_STAGE_KEYS = [
    ("cluster: a b", S.format(14, "cluster", "stands twice (lines 14 and 16); keep one of them")),
    ("contaner: a", S.format(16, "contaner", "unknown key, did you mean “container”?")),
    ("container: a b", S.format(16, "container", "“a b” is not an ECS name: letters, digits, - and _, at most 255")),
    ("container: 12", S.format(16, "container", "12 must be text; put it in quotes: '12'")),
    ("region: Europe", S.format(16, "region", "“Europe” is not an AWS region, such as eu-west-1")),
    (
        "role_arn: admin",
        S.format(
            16,
            "role_arn",
            "“admin” is not the ARN of an IAM role, such as arn:aws:iam::111122223333:role/tinystacks-bot",
        ),
    ),
    (
        "repository: shop:v42",
        S.format(
            16,
            "repository",
            "“shop:v42” is not an image repository without tag or digest, "
            "such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
        ),
    ),
    (
        "channel: '#deploys'",
        S.format(16, "channel", "“#deploys” is not a Slack channel id (C… or G…), as at the end of its details"),
    ),
    ("may_change: developers", S.format(16, "may_change", "must be a list: [one, two]")),
    (
        "may_change: [develpers]",
        S.format(16, "may_change[0]", "“develpers” is no group of `people`; did you mean “developers”?"),
    ),
    (
        "may_change: [zz]",
        S.format(16, "may_change[0]", "“zz” is no group of `people`; write one of developers, release"),
    ),
    (
        "limits: {tasks: [5, 2]}",
        S.format(16, "limits.tasks", "[5, 2] must start with the smaller number, 0 or more: [1, 20]"),
    ),
    ("limits: {tasks: 5}", S.format(16, "limits.tasks", "must be two whole numbers, the least and the most: [1, 20]")),
    ("limits: {task: [1, 2]}", S.format(16, "limits.task", "unknown key, did you mean “tasks”?")),
    (
        "on_failure: retry",
        S.format(16, "on_failure", "“retry” is not known here; write one of offer, rollback, nothing"),
    ),
    ("deadline: 20", S.format(16, "deadline", DURATION)),
    ("deadline: 0m", S.format(16, "deadline", DURATION)),
    ("deadline: 31d", S.format(16, "deadline", DURATION)),
    ('exec_shell: "sh\\u0007"', S.format(16, "exec_shell", TEXT_1_200)),
    (
        "profile: a b",
        S.format(16, "profile", "“a b” is not a profile of the AWS CLI: letters, digits and _ . @ + -, at most 100"),
    ),
    ("approval: {by: []}", S.format(16, "approval.by", "must hold at least one entry")),
    ("approval: {}", S.format(16, "approval.by", "missing")),
    (
        "approval: {by: [release], for: [delpoy]}",
        S.format(16, "approval.for[0]", "“delpoy” is not known here; did you mean “deploy”?"),
    ),
    ("approval: {by: [release], count: 0}", S.format(16, "approval.count", "must be a whole number from 1 to 20")),
    (
        "approval: {by: [release], count: 3}",
        S.format(16, "approval.count", "3 approvers are asked for, but only 2 can approve; add people to `by`"),
    ),
    (
        "channels: ['#ops']",
        S.format(16, "channels[0]", "“#ops” is not a Slack channel id (C… or G…), as at the end of its details"),
    ),
    ("emergency: [zz]", S.format(16, "emergency[0]", f"“zz” {NO_GROUP}")),
    ("admins: [zz]", S.format(16, "admins[0]", f"“zz” {NO_GROUP}")),
    ("chanels: [C0OPS]", S.format(16, "chanels", "unknown key, did you mean “channels”?")),
    ("shared_channels: yes", S.format(16, "shared_channels", "“yes” is not known here; write one of allow, refuse")),
    ("lock_after_rollback: maybe", S.format(16, "lock_after_rollback", "must be yes or no")),
    ("lock_after_rollback: 1", S.format(16, "lock_after_rollback", "must be yes or no")),
    ("closed: fri 16:00 – mon 08:00 Europe/Berlin", S.format(16, "closed", "must be a list: [one, two]")),
    ("closed: [weekends]", S.format(16, "closed[0]", f"“weekends” {NO_WINDOW}")),
    ("closed: [fri 16:00 – mon 08:00]", S.format(16, "closed[0]", f"“fri 16:00 – mon 08:00” {NO_WINDOW}")),
    (
        "closed: [fry 16:00 – mon 08:00 UTC]",
        S.format(16, "closed[0]", "“fry” is no day of the week; write mon, tue, wed, thu, fri, sat or sun"),
    ),
    (
        "closed: [fri 24:00 – mon 08:00 UTC]",
        S.format(16, "closed[0]", "“24:00” is no time of the day; write one from 00:00 to 23:59"),
    ),
    (
        "closed: [fri 16:00 – mon 08:00 Europe/Berlyn]",
        S.format(16, "closed[0]", "“Europe/Berlyn” is no time zone; did you mean “Europe/Berlin”?"),
    ),
    (
        "closed: [fri 16:00 – mon 08:00 ../../x]",
        S.format(16, "closed[0]", f"“fri 16:00 – mon 08:00 ../../x” {NO_WINDOW}"),
    ),
    (
        "closed: [fri 16:00 – mon 08:00 localtime]",
        S.format(16, "closed[0]", "“localtime” is no time zone; write one such as Europe/Berlin or UTC"),
    ),
    (
        "closed: [fri 16:00 – friday 16:00 UTC]",
        S.format(16, "closed[0]", "ends when it starts, so it never closes; let it end at another time or day"),
    ),
    (
        "closed: [mon 00:00 - thu 00:00 UTC, thu 00:00 - mon 00:00 UTC]",
        S.format(16, "closed", "leaves no time at which the stage is open; let one window end before another starts"),
    ),
    (
        "owner: ana",
        S.format(
            16,
            "owner",
            "unknown key; known here: region, cluster, service, role_arn, container, repository, auto_scaling_group, "
            "channel, channels, shared_channels, may_change, approval, emergency, admins, closed, limits, on_failure, "
            "lock_after_rollback, deadline, exec_shell, profile, name",
        ),
    ),
]


@pytest.mark.parametrize(("line", "problem"), BAD_STAGE_KEYS)
def test_a_bad_stage_key_is_told_in_one_line(line: str, problem: str) -> None:
    text = changed("        service: shop\n", f"        service: shop\n        {line}\n")
    assert problems_of(text) == (problem,)


BAD_FILES: list[tuple[str, str, str]] = [
    ("version: 1", "version: 2", "tinystacks.yml:1: version: must be a whole number from 1 to 1"),
    ("version: 1\n", "", "tinystacks.yml:1: version: missing"),
    (
        "T0ACME",
        "acme",
        "tinystacks.yml:2: workspace: “acme” is not a Slack team id (T…), as in the address of Slack in a browser",
    ),
    (
        "U0ANA]",
        "ana]",
        "tinystacks.yml:4: people.developers[1]: “ana” is not a Slack user id (U… or W…) or user group id (S…)",
    ),
    ("  release:", "  my group: []\n  release:", "tinystacks.yml:5: people.'my group': “my group” " + NAME_IS),
    (
        "people:",
        "audit_channel: U0ANA\npeople:",
        "tinystacks.yml:3: audit_channel: “U0ANA” is not a Slack channel id (C… or G…), as at the end of its details",
    ),
    ("stacks:", "stakcs:", "tinystacks.yml:10: stakcs: unknown key, did you mean “stacks”?"),
    (
        "  shop:\n",
        "  shop:\n    flow: auto\n",
        "tinystacks.yml:12: stacks.shop.flow: “auto” is not known here; did you mean “automatic”?",
    ),
    ("name: staging", "name: a/b", f"tinystacks.yml:13: stacks.shop.stages[0].name: “a/b” {NAME_IS}"),
    (
        "name: prod",
        "name: Staging",
        "tinystacks.yml:16: stacks.shop.stages[1].name: the same name as stacks.shop.stages[0].name; "
        "capitals make no difference, so rename one",
    ),
    (
        "        cluster: prod\n        service: shop-prod\n",
        "        cluster: staging\n        service: shop\n",
        "tinystacks.yml:18: stacks.shop.stages[1].service: is the service of stacks.shop.stages[0] too; "
        "a service belongs to one stage only",
    ),
    (
        "        cluster: staging\n",
        "",
        "tinystacks.yml:13: stacks.shop.stages[0].cluster: missing; write it here or under `defaults`",
    ),
    (
        "        cluster: staging\n",
        "        clutser: staging\n",
        "tinystacks.yml:14: stacks.shop.stages[0].clutser: unknown key, did you mean “cluster”?",
    ),
]


@pytest.mark.parametrize(("old", "new", "problem"), BAD_FILES)
def test_a_bad_file_is_told_in_one_line(old: str, new: str, problem: str) -> None:
    assert problems_of(changed(old, new)) == (problem,)


def test_every_problem_is_told_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace("T0ACME", "acme").replace("us-east-1", "here").replace("by: [release]", "by: [nobody]")
    found = problems_of(text.replace("cluster: prod", "clutser: prod"))
    assert [line.split(": ")[1] for line in found] == [
        "workspace",
        "defaults.region",
        "stacks.shop.stages[1].clutser",
        "stacks.shop.stages[1].approval.by[0]",
    ]


def test_a_region_that_nobody_names_is_asked_for_at_each_stage() -> None:
    found = problems_of(changed("  region: us-east-1\n", ""))
    where = "missing; write it here or under `defaults`, or in AWS_REGION"
    assert found == tuple(
        f"tinystacks.yml:{line}: stacks.shop.stages[{number}].region: {where}" for number, line in ((0, 12), (1, 15))
    )


def test_the_names_of_two_stacks_may_not_differ_in_capitals_only() -> None:
    stack = "  SHOP:\n    stages:\n      - {name: dev, cluster: dev, service: shop}\n"
    assert problems_of(GOOD + stack) == (
        "tinystacks.yml:21: stacks.SHOP: the same name as stacks.shop; capitals make no difference, so rename one",
    )


def test_an_approver_group_with_a_user_group_in_it_is_not_counted() -> None:
    text = GOOD.replace("by: [release]", "{by: [developers], count: 9}").replace(
        "approval:\n          {", "approval: {"
    )
    assert parse(text, "f", {}).stacks[0].stages[1].approval is not None


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", "tinystacks.yml: is empty. docs/configuration.md tells how"),
        ("# nothing yet\n", "tinystacks.yml: is empty."),
        ("- a\n", "tinystacks.yml: must start with a key, such as `version: 1`."),
        ("a: [1\nb: 2\n", "tinystacks.yml:2: "),
        ("a: b: c\n", "tinystacks.yml:1: mapping values are not allowed here; this is no readable YAML."),
        ("a: \x07\n", "tinystacks.yml:1: it holds a character that YAML does not allow;"),
        ("a: !!python/object:os.system b\n", "tinystacks.yml:1: "),
        ("a: !thing b\n", "tinystacks.yml:1: tags (!…) mean nothing here; leave them out;"),
        ("[a, b]: c\n", "tinystacks.yml:1: a key must be a word, not a list or a mapping;"),
        ("a: &x [*x]\n", "tinystacks.yml:1: it is nested too deeply, or its aliases repeat too much;"),
        ("a: " + "[" * 5000, "tinystacks.yml:1: it is nested too deeply;"),
        ("a: 1\n---\nb: 2\n", "tinystacks.yml:2: but found another document;"),
    ],
)
def test_text_that_is_no_configuration_says_so(text: str, start: str) -> None:
    found = problems_of(text)
    assert len(found) == 1
    assert found[0].startswith(start)


def test_aliases_that_multiply_are_stopped() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "aliases repeat too much" in problems_of("\n".join(rows))[0]


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadConfig) as caught:
        read_config(tmp_path / "tinystacks.yml", {})
    assert caught.value.problems == (
        f"{tmp_path}/tinystacks.yml: there is no such file. docs/configuration.md tells how to write it; "
        "tinystacks.example.yml is one to copy; TINYSTACKS_CONFIG names another path",
    )


def test_a_directory_or_a_binary_file_is_refused_in_words(tmp_path: Path) -> None:
    binary = tmp_path / "binary.yml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, words in ((tmp_path, "cannot be read (Is a directory)"), (binary, "is not UTF-8 text")):
        with pytest.raises(BadConfig) as caught:
            read_config(path, {})
        assert words in caught.value.problems[0]


def test_a_value_that_may_be_a_secret_is_never_repeated() -> None:
    assert "abc123" not in "".join(problems_of(changed("T0ACME", "xoxb-abc123")))


def test_control_characters_never_reach_the_terminal() -> None:
    text = GOOD.replace("  release:", '  "\\e[2J": []\n  release:').replace("by: [release]", "by: [zz]")
    found = problems_of(text.replace("T0ACME", '"\\e[2J\\ud800"') + '"\\e[2J": 1\n')
    assert len(found) == 4
    assert all(line.isprintable() for line in found)
