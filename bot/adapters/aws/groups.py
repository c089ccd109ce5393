"""The Groups port on EC2 Auto Scaling (ECS facts 3.3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.aws.calling import Calling, batches
from bot.domain.groups import Group, GroupActivity, GroupInstance
from bot.domain.people import OnBehalf
from bot.domain.stacks import Place
from bot.engine.ports import Json

Answer = Mapping[str, Any]
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
ECS_TAG = "AmazonECSManaged"


class AwsGroups(Calling[Any]):
    """Auto Scaling groups of EC2 instances."""

    service = "autoscaling"

    def group(self, place: Place, name: str) -> Group | None:
        """See the port. Two calls."""
        with self.reading("DescribeAutoScalingGroups", place) as client:
            found = client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
            if not found:
                return None
        with self.reading("DescribeLifecycleHooks", place) as client:
            return group(found[0], client.describe_lifecycle_hooks(AutoScalingGroupName=name)["LifecycleHooks"])

    def group_names(self, place: Place, instance_ids: Sequence[str]) -> Mapping[str, str]:
        """See the port."""
        found: dict[str, str] = {}
        for some in batches(instance_ids, 50):
            with self.reading("DescribeAutoScalingInstances", place) as client:
                answer = client.describe_auto_scaling_instances(InstanceIds=some)["AutoScalingInstances"]
                found |= {one["InstanceId"]: one["AutoScalingGroupName"] for one in answer}
        return found

    def activities(self, place: Place, name: str, most: int) -> tuple[GroupActivity, ...]:
        """See the port."""
        limits = {"MaxItems": most, "PageSize": min(most, 100)}
        with self.reading("DescribeScalingActivities", place) as client:
            pages = client.get_paginator("describe_scaling_activities").paginate(
                AutoScalingGroupName=name, PaginationConfig=limits
            )
            return tuple(activity(one) for page in pages for one in page["Activities"])

    def set_desired_capacity(self, place: Place, request: Json, who: OnBehalf) -> None:
        """See the port."""
        with self.writing("SetDesiredCapacity", place, request, who) as send:
            send(**request)

    def update_auto_scaling_group(self, place: Place, request: Json, who: OnBehalf) -> None:
        """See the port."""
        with self.writing("UpdateAutoScalingGroup", place, request, who) as send:
            send(**request)

    def terminate_instance(self, place: Place, request: Json, who: OnBehalf) -> None:
        """See the port."""
        with self.writing("TerminateInstanceInAutoScalingGroup", place, request, who) as send:
            send(**request)


def group(answer: Answer, hooks: Sequence[Answer] = ()) -> Group:
    """One of DescribeAutoScalingGroups' `AutoScalingGroups[]` with DescribeLifecycleHooks' `LifecycleHooks[]`."""
    return Group(
        name=answer["AutoScalingGroupName"],
        arn=answer["AutoScalingGroupARN"],
        least=answer["MinSize"],
        most=answer["MaxSize"],
        desired=answer["DesiredCapacity"],
        instances=tuple(instance(one) for one in answer.get("Instances", ())),
        zones=tuple(answer.get("AvailabilityZones", ())),
        terminating_hooks=tuple(
            one["LifecycleHookName"] for one in hooks if one.get("LifecycleTransition") == TERMINATING
        ),
        ecs_managed=any(tag["Key"] == ECS_TAG for tag in answer.get("Tags", ())),
        suspended=tuple(one["ProcessName"] for one in answer.get("SuspendedProcesses", ())),
        launch_template=launch_source(answer),
        cooldown=answer.get("DefaultCooldown", 300),
        termination_policies=tuple(answer.get("TerminationPolicies", ())) or ("Default",),
    )


def instance(answer: Answer) -> GroupInstance:
    """One of a group's `Instances[]`."""
    return GroupInstance(
        id=answer["InstanceId"],
        zone=answer["AvailabilityZone"],
        lifecycle_state=answer["LifecycleState"],
        health=answer.get("HealthStatus", "Healthy"),
        protected=answer.get("ProtectedFromScaleIn", False),
        instance_type=answer.get("InstanceType", ""),
        launch_template=launch_source(answer),
    )


def launch_source(answer: Answer) -> str:
    """What a group launches from, or an instance was launched from: `id:version` of a launch template, else the name of
    a launch configuration. A group's version may be `$Latest` or `$Default`, an instance's is a number."""
    mixed = answer.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {}).get("LaunchTemplateSpecification", {})
    template = answer.get("LaunchTemplate") or mixed
    if template:
        name = template.get("LaunchTemplateId") or template.get("LaunchTemplateName", "")
        return f"{name}:{template.get('Version', '$Default')}"
    return str(answer.get("LaunchConfigurationName", ""))


def activity(answer: Answer) -> GroupActivity:
    """One of DescribeScalingActivities' `Activities[]`."""
    return GroupActivity(
        at=answer["StartTime"],
        status=answer["StatusCode"],
        description=answer.get("Description", ""),
        cause=answer.get("Cause", ""),
        message=answer.get("StatusMessage", ""),
        ended_at=answer.get("EndTime"),
    )
