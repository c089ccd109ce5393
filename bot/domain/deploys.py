"""Planning a deploy: the running revision with one image changed; and the ways back from it."""

from bot.domain.diffs import diff_documents
from bot.domain.ecs import Image
from bot.domain.errors import NothingToDo
from bot.domain.fingerprints import footing
from bot.domain.images import Reference, by_digest, image_of
from bot.domain.plans import REGISTERED, Operation, Plan, Side, Step
from bot.domain.revisions import register_request, registrable
from bot.domain.stacks import Stage
from bot.domain.targets import Target, has_completed, last_good, obstacle, repository_of, settled, target_container


def plan_deploy(stage: Stage, target: Target, image: Image | None, reference: Reference, change_id: str) -> Plan:
    """Register the running definition with the new image, then update the service to it; never `desiredCount` (ECS
    facts 1.2). `image`: what the registry knows behind `reference`; None: taken as written.

    Raises NotPossible where the service cannot be deployed to, NothingToDo where it runs that image already."""
    hindrance = obstacle(target.service)
    if hindrance:
        raise hindrance
    container = target_container(stage, target.definition)
    before, after = before_side(target, container), after_side(stage, target, image, reference)
    _refuse_same(stage, target, before, after)
    request = register_request(target.definition, container, after.image, change_id)
    changed = {key: value for key, value in request.items() if key != "tags"}
    return Plan(
        verb="deploy",
        before=before,
        after=after,
        account=target.service.account,
        steps=(Step(Operation.REGISTER_TASK_DEFINITION, request), update_step(stage, REGISTERED)),
        rests_on=footing(stage, target, reference, after.image),
        container=container,
        differences=diff_documents(registrable(target.definition), changed),
        previous_task_definition_arn=last_good(target.service),
        previous_completed=has_completed(target.service),
    )


def update_step(stage: Stage, task_definition: str) -> Step:
    """UpdateService to that task definition (an ARN or REGISTERED)."""
    request = {"cluster": stage.place.cluster, "service": stage.service, "taskDefinition": task_definition}
    return Step(Operation.UPDATE_SERVICE, request)


def plan_abort(service_deployment_arn: str) -> Step:
    """Ask ECS to roll its own deployment back; works without a breaker too (ECS facts 1.7)."""
    request = {"serviceDeploymentArn": service_deployment_arn, "stopType": "ROLLBACK"}
    return Step(Operation.STOP_SERVICE_DEPLOYMENT, request)


def plan_back(stage: Stage, previous_arn: str) -> Step:
    """The way back where ECS cannot roll back by itself: update the service to the revision before."""
    return update_step(stage, previous_arn)


def before_side(target: Target, container: str) -> Side:
    """What runs now, with the tag that the registry knows for it where the image is named by digest."""
    found = target.definition.container(container)
    image = found.image if found else ""
    written = image_of(image)
    known = target.image.tags if target.image and target.image.digest == written.digest else ()
    return Side(target.revision, image, written.tag or (known[0] if known else ""), written.digest or "")


def after_side(stage: Stage, target: Target, image: Image | None, reference: Reference) -> Side:
    """What will run, by digest where the registry knows it."""
    revision = f"{target.definition.family}:new"
    if image is None:
        written = Reference(repository_of(stage, target, reference), reference.tag, reference.digest)
        return Side(revision, str(written), reference.tag or "", reference.digest or "")
    return Side(revision, by_digest(image.repository, image.digest), _tag(image, reference), image.digest)


def _tag(image: Image, reference: Reference) -> str:
    """The tag to show: beside a typed digest only one that does stand at it."""
    if reference.tag and (reference.digest is None or reference.tag in image.tags):
        return reference.tag
    return image.tags[0] if image.tags else ""


def _refuse_same(stage: Stage, target: Target, before: Side, after: Side) -> None:
    same_place = image_of(before.image).repository == image_of(after.image).repository
    same = before.image == after.image or (same_place and bool(before.digest) and before.digest == after.digest)
    if same and settled(target.service):
        fact = f"{stage.stack} {stage.name} already runs {after.tag or after.image}."
        raise NothingToDo(fact, "Name another image; the newest ones are in the form: /tinystacks deploy")
