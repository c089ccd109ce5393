"""A simulated Amazon ECS behind the real wire, for development, demonstrations and tests.

boto3, the AWS CLI and the bot talk to it through `AWS_ENDPOINT_URL`. The ECS API and its rollouts are modelled here;
ECR, CloudWatch Logs, STS, Elastic Load Balancing, EC2 and what both auto scaling APIs keep are moto's; what an Auto
Scaling group lives through, target tracking and the metrics of services are modelled here too.

What is faked, and how:

- Durations are plausible, not measured: a task runs 5 to 12 s after its start and is healthy about 10 s later; a crash
  loop is retried after 5, 10, 20 ... s. Real ECS is slower, above all until a circuit breaker fires.
- There is one account, 111122223333; an assumed role acts in it whatever account its ARN names. Nobody checks IAM.
- Times in answers are real time, at any speed: durations shrink, the calendar does not.
- ECS's words are published ones where known (ECS facts 1.5, 1.6 and 2). Not confirmed by AWS: the texts of a stopped
  or superseded service deployment, and STOPPED as the end of a deployment whose breaker may not roll back.
- Placement looks at CPU, memory, GPUs, ports, network interfaces, attributes, constraints and zones; one that goes on
  failing counts as a failed task a minute. With managed scaling a task waits in PROVISIONING until an instance comes.

Not modelled: blue/green, linear and canary deployments, deployment alarms, lifecycle hooks, bake time, early success,
task sets and other deployment controllers, daemons, AZ rebalancing, task protection, strategies other than spreading
over zones, volumes, service connect, RunTask, ExecuteCommand, token buckets (throttling is a fault one asks for),
EventBridge events, spot interruptions, expiry of service deployments after 90 days, and deleting anything.
"""

from sandbox.ecs.world import World

__all__ = ["World"]
