"""Services: created, described, updated. A deployment begins where ECS begins one (ECS facts 1.2)."""

from __future__ import annotations

from sandbox.ecs import answers
from sandbox.ecs.call import ApiCall, Operation, missing
from sandbox.ecs.deployments import begin
from sandbox.ecs.errors import invalid
from sandbox.ecs.model import Answer, Params, Service, arn

STARTS_ONE = (
    "networkConfiguration", "platformVersion", "loadBalancers", "serviceRegistries", "serviceConnectConfiguration",
    "volumeConfigurations", "vpcLatticeConfigurations",
)  # fmt: skip
NOT_SETTINGS = (
    "cluster",
    "service",
    "serviceName",
    "desiredCount",
    "forceNewDeployment",
    "taskDefinition",
    "tags",
    "clientToken",
)
BREAKER: Params = {
    "enable": False,
    "rollback": False,
    "resetOnHealthyTask": True,
    "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 50},
}
CONFIGURATION: Params = {
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
    "bakeTimeInMinutes": 0,
    "alarms": {"alarmNames": [], "rollback": False, "enable": False},
}
STRATEGY = "capacityProviderStrategy"
DEFAULTS: Params = {
    "schedulingStrategy": "REPLICA",
    "deploymentController": {"type": "ECS"},
    "launchType": "EC2",
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "propagateTags": "NONE",
    "availabilityZoneRebalancing": "DISABLED",
    "loadBalancers": [],
    "serviceRegistries": [],
    "placementConstraints": [],
    "placementStrategy": [{"type": "spread", "field": "attribute:ecs.availability-zone"}],
}


def configuration_of(given: Params, previous: Params | None = None) -> Params:
    """deploymentConfiguration with what was not given taken from before, or from ECS's defaults (ECS facts 1.1)."""
    base = previous or (CONFIGURATION | {"deploymentCircuitBreaker": BREAKER})
    breaker = base["deploymentCircuitBreaker"] | given.get("deploymentCircuitBreaker", {})
    return base | given | {"deploymentCircuitBreaker": breaker}


def create_service(call: ApiCall) -> Answer:
    params, cluster = call.params, call.cluster
    name = params["serviceName"]
    if name in cluster.services:
        raise invalid("Creation of service was not idempotent.")
    definition = call.state.definition(call.region, params["taskDefinition"])
    by_default = [] if params.get("launchType") else cluster.default_strategy
    strategy = params.get(STRATEGY) or by_default
    chosen = {key: one for key, one in DEFAULTS.items() if key != "launchType"} if strategy else DEFAULTS
    settings = (
        chosen
        | ({STRATEGY: strategy} if strategy else {})
        | {key: value for key, value in params.items() if key not in NOT_SETTINGS}
    )
    settings["deploymentConfiguration"] = configuration_of(params.get("deploymentConfiguration", {}))
    desired = _count(params.get("desiredCount", 0))
    service = Service(call.region, cluster.name, name, desired, settings, call.state.clock.now(), call.caller)
    service.tags = params.get("tags", [])
    cluster.services[name] = service
    begin(call.state, service, definition)
    return {"service": answers.service(cluster, service)}


def _count(desired: int) -> int:
    if not 0 <= desired <= 5000:
        raise invalid("Invalid desiredCount: it must be between 0 and 5000.")
    return desired


def list_services(call: ApiCall) -> Answer:
    wanted = call.params.get("launchType")
    services = [one for one in call.cluster.services.values() if wanted in (None, one.settings.get("launchType"))]
    return call.page("serviceArns", [one.arn for one in services], default=10)


def describe_services(call: ApiCall) -> Answer:
    cluster, wanted = call.cluster, call.at_most("services", 10)
    if not wanted:
        raise invalid("Services cannot be empty.")
    found = [(name, cluster.services.get(name.rpartition("/")[2])) for name in wanted]
    unknown = [name if name.startswith("arn:") else _arn(call, name) for name, one in found if one is None]
    tags = "TAGS" in call.params.get("include", [])
    return {
        "services": [_seen(call, one) | ({"tags": one.tags} if tags else {}) for _, one in found if one],
        "failures": [missing(name) for name in unknown],
    }


def _arn(call: ApiCall, name: str) -> str:
    return arn(call.region, f"service/{call.cluster.name}/{name}")


def _seen(call: ApiCall, service: Service) -> Answer:
    """The service as it is, or as it was before an update that is not visible everywhere yet."""
    return service.stale.pop() if service.stale else answers.service(call.cluster, service)


def update_service(call: ApiCall) -> Answer:
    service, params = call.service, call.params
    named = params.get("taskDefinition") or service.settings["taskDefinition"]
    definition = call.state.definition(call.region, named)
    if definition.body["status"] != "ACTIVE" and "taskDefinition" in params:
        raise invalid("TaskDefinition is inactive")
    desired = _count(params.get("desiredCount", service.desired))
    before = dict(service.settings)
    _remember(call, service)
    service.desired = desired
    given = {key: value for key, value in params.items() if key not in NOT_SETTINGS}
    configuration = configuration_of(params.get("deploymentConfiguration", {}), service.configuration)
    service.settings |= given | {"deploymentConfiguration": configuration}
    changed = [key for key in STARTS_ONE if key in params and params[key] != before.get(key)]
    if params.get("forceNewDeployment") or definition is not service.primary.definition or changed:
        begin(call.state, service, definition)
    return {"service": answers.service(call.cluster, service)}


def _remember(call: ApiCall, service: Service) -> None:
    service.stale = [answers.service(call.cluster, service)] * call.state.stale_describes
    call.state.stale_describes = 0


OPERATIONS: dict[str, Operation] = {
    "CreateService": create_service,
    "ListServices": list_services,
    "DescribeServices": describe_services,
    "UpdateService": update_service,
}
