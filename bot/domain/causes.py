"""Causes of death in AWS's words: texts to a cause, texts made comparable, what to do next (ECS facts 2)."""

import re
from enum import StrEnum


class Cause(StrEnum):
    """What kills tasks, or keeps them from starting."""

    EXIT = "exit"
    OUT_OF_MEMORY = "out_of_memory"
    IMAGE_PULL = "image_pull"
    CONTAINER_HEALTH = "container_health"
    TARGET_HEALTH = "target_health"
    CONFIGURATION = "configuration"
    NETWORK = "network"
    PLACEMENT = "placement"
    HOST = "host"
    STOPPED_BY_USER = "stopped_by_user"
    OTHER = "other"


_OUT_OF_MEMORY = re.compile(r"out\s?of\s?memory|killed due to memory", re.I)
_STOP_CODES = {
    "UserInitiated": Cause.STOPPED_BY_USER,
    "SpotInterruption": Cause.HOST,
    "TerminationNotice": Cause.HOST,
    "InfrastructureHealth": Cause.HOST,
}
_TABLE: tuple[tuple[str, Cause], ...] = (
    (r"task stopped by user", Cause.STOPPED_BY_USER),
    (r"spot task was interrupted|host ec2.*(terminated|stopped)|deregistration forced", Cause.HOST),
    (r"maintenance on the underlying", Cause.HOST),
    (r"failed (elb|load balancer|target).*health check", Cause.TARGET_HEALTH),
    (r"failed container health check", Cause.CONTAINER_HEALTH),
    (r"cannotpull|pull image manifest|pull access denied|manifest unknown|cannot pull '", Cause.IMAGE_PULL),
    (r"network interface|free (private )?ip|insufficient.*addresses|\beni\b", Cause.NETWORK),
    (r"dial tcp|i/o timeout|deadline exceeded|connection (refused|reset)|no such host", Cause.NETWORK),
    (r"resourceinitialization|logg(er|ing)|log group|secret|assume.*role|registry auth", Cause.CONFIGURATION),
    (r"executable file not found|exec format error|permission denied|no such file", Cause.CONFIGURATION),
    (r"unable to place|capacity is unavailable|resource:\s*(cpu|memory|ports?|eni|gpu|fargate)", Cause.PLACEMENT),
    (r"essential container", Cause.EXIT),
    (r"^internalerror|\bagent\b", Cause.HOST),
)
"""First match wins; tolerant on purpose, since AWS words them in several ways (ECS facts 2)."""
_CAUSES = tuple((re.compile(pattern, re.I), cause) for pattern, cause in _TABLE)


def cause_of(stop_code: str, stopped_reason: str, container_reason: str, exit_code: int | None) -> Cause:
    """The cause of one task's end. Out of memory is told by the container's reason alone; the words of the load
    balancer or the health check beat the exit codes 137 and 143, which only follow from them."""
    if stop_code in _STOP_CODES:
        return _STOP_CODES[stop_code]
    if out_of_memory(container_reason):
        return Cause.OUT_OF_MEMORY
    texts = f"{stopped_reason} {container_reason}".strip()
    named = next((cause for pattern, cause in _CAUSES if pattern.search(texts)), None)
    return named or (Cause.OTHER if exit_code is None else Cause.EXIT)


def out_of_memory(container_reason: str) -> bool:
    """Whether ECS says so; an exit code 137 alone does not."""
    return bool(_OUT_OF_MEMORY.search(container_reason))


_CUTS = (
    (re.compile(r"sha256:[0-9a-f]{8,64}", re.I), "sha256:…"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.I), "…"),
    (re.compile(r"\b[0-9a-f]{16,}\b", re.I), "…"),
    (re.compile(r"\b(i|eni|subnet|sg|vpc)-[0-9a-f]{8,}\b"), r"\1-…"),
    (re.compile(r"\(port \d+\)"), "(port …)"),
    (re.compile(r"\b\d+ (time\(s\)|times?|tasks?|seconds?)"), r"… \1"),
    (re.compile(r"\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b"), "…"),
    (re.compile(r"\s+"), " "),
)


def normalised(text: str) -> str:
    """AWS's text without what differs from task to task (ids, digests, addresses, counts), so that equal causes group;
    at most 400 characters."""
    for pattern, instead in _CUTS:
        text = pattern.sub(instead, text)
    text = text.strip()
    return text if len(text) <= 400 else text[:399] + "…"


def next_step(cause: Cause, exit_code: int | None, quote: str) -> str:
    """What to do next, one short sentence; CONTAINER stands for the container's name."""
    if cause is Cause.EXIT:
        return _EXITS.get(exit_code, _BY_CAUSE[cause])
    fitting = (step for of, pattern, step in _BY_TEXT if of is cause and re.search(pattern, quote, re.I))
    return next(fitting, _BY_CAUSE[cause])


_EXITS: dict[int | None, str] = {
    0: "It ended by itself without an error: a service's process has to keep running in the foreground.",
    126: "Its command is not executable: check the image's entry point and the file's permissions.",
    127: "Its command was not found: check command and entry point of CONTAINER against the image.",
    137: "It was killed from outside: look at the instance's memory, and whether it ends within its stop time-out.",
    139: "It crashed with a memory fault: read its log lines, then try the image elsewhere.",
    143: "It was asked to end (SIGTERM): look which other container of the task ended first.",
}
_BY_TEXT: tuple[tuple[Cause, str, str], ...] = (
    (
        Cause.IMAGE_PULL,
        r"platform|no match|architecture|exec format",
        "Build the image for the task's architecture.",
    ),
    (Cause.IMAGE_PULL, r"too\s?many\s?requests|rate limit", "The registry limits pulls: use ECR or sign in to it."),
    (Cause.IMAGE_PULL, r"no space left", "The instance's disk is full: clean up its images or replace it."),
    (
        Cause.IMAGE_PULL,
        r"timeout|dial tcp|cannot pull '",
        "Check the way from the task's subnet to the registry.",
    ),
    (
        Cause.IMAGE_PULL,
        r"denied|unauthori|forbidden|403|authorization",
        "Let the execution role pull this image.",
    ),
    (Cause.IMAGE_PULL, r"not found|unknown", "The image is not in the registry: push it, or deploy one that is."),
    (
        Cause.CONFIGURATION,
        r"log group",
        "Create the log group, or name another one in the task definition.",
    ),
    (Cause.CONFIGURATION, r"secret|parameter|ssm", "Check the secret's name and that the execution role may read it."),
    (Cause.CONFIGURATION, r"assume", "Let ecs-tasks.amazonaws.com assume the role of the task definition."),
    (Cause.CONFIGURATION, r"efs|mount|volume", "Check the volume of the task definition and its security group."),
    (Cause.CONFIGURATION, r"exec format", "Build the image for the task's architecture."),
    (Cause.CONFIGURATION, r"executable|no such file|permission", "Check command and entry point of CONTAINER."),
)
_BY_CAUSE: dict[Cause, str] = {
    Cause.EXIT: "The application ended by itself: its last log lines say why.",
    Cause.OUT_OF_MEMORY: "Raise the memory of CONTAINER in the task definition, or make it use less.",
    Cause.IMAGE_PULL: "Check that the image exists and that the execution role may pull it.",
    Cause.CONTAINER_HEALTH: "Run the health check's command inside CONTAINER; a slow start needs a longer startPeriod.",
    Cause.TARGET_HEALTH: "Check path and port of the target group's health check; a slow start needs a grace period.",
    Cause.CONFIGURATION: "Check execution role, secrets, log group and volumes of the task definition.",
    Cause.NETWORK: "Check free addresses, routes and security groups of the service's subnets.",
    Cause.PLACEMENT: "Add instances to the cluster, or ask for less CPU or memory in the task definition.",
    Cause.HOST: "Nothing to mend in the image: ECS starts the task elsewhere; look at the instance if it repeats.",
    Cause.STOPPED_BY_USER: "Somebody stopped it; ECS starts another one.",
    Cause.OTHER: "Look the reason up in the ECS documentation (“stopped task error messages”), or read the log lines.",
}
