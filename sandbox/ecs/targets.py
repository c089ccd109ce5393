"""Load balancer targets: moto calls every target healthy, the tasks here know better."""

from __future__ import annotations

from xml.sax.saxutils import escape

from sandbox.ecs.model import Params, Service, Task
from sandbox.ecs.state import State

NAMESPACE = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"
UNHEALTHY = ("unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [502]")
INITIAL = ("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
DRAINING = ("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")


def address_of(task: Task) -> str:
    """The private address a task would have."""
    number = int(task.id[:4], 16)
    return f"10.0.{number % 250}.{number // 250 % 250 + 4}"


def health_of(task: Task) -> tuple[str, str, str]:
    """(state, reason code, description) in Elastic Load Balancing's words; a healthy target has only a state."""
    if task.last_status != "RUNNING":
        return DRAINING
    if task.behaviour.kind == "elb_unhealthy":
        return UNHEALTHY
    return ("healthy", "", "") if task.steady else INITIAL


def described(state: State, params: Params) -> str:
    """DescribeTargetHealth's answer for the target group named in `params`."""
    group = params["TargetGroupArn"]
    members = [
        _member(task, port)
        for cluster, service in state.services()
        for port in _ports(service, group)
        for task in cluster.tasks_of(service.name)
        if "startedAt" in task.times and task.last_status != "STOPPED"
    ]
    result = f"<TargetHealthDescriptions>{''.join(members)}</TargetHealthDescriptions>"
    return (
        f'<DescribeTargetHealthResponse xmlns="{NAMESPACE}"><DescribeTargetHealthResult>{result}'
        "</DescribeTargetHealthResult></DescribeTargetHealthResponse>"
    )


def _ports(service: Service, group: str) -> list[int]:
    return [one["containerPort"] for one in service.settings.get("loadBalancers", []) if one["targetGroupArn"] == group]


def _member(task: Task, port: int) -> str:
    state, reason, description = health_of(task)
    why = f"<Reason>{reason}</Reason><Description>{escape(description)}</Description>" if reason else ""
    target = f"<Target><Id>{address_of(task)}</Id><Port>{port}</Port></Target>"
    health = f"<TargetHealth><State>{state}</State>{why}</TargetHealth>"
    return f"<member>{target}<HealthCheckPort>{port}</HealthCheckPort>{health}</member>"
