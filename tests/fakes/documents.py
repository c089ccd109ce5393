"""What teams register: task definitions as requests."""

from typing import Any


def document(family: str, image: str) -> dict[str, Any]:
    """RegisterTaskDefinition's request for one container `app` that logs to `/ecs/FAMILY`."""
    options = {"awslogs-group": f"/ecs/{family}", "awslogs-stream-prefix": "ecs"}
    app = {
        "name": "app",
        "image": image,
        "essential": True,
        "cpu": 256,
        "memory": 512,
        "environment": [{"name": "PASSWORD", "value": "never shown"}],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
    }
    return {
        "family": family,
        "networkMode": "bridge",
        "containerDefinitions": [app],
        "tags": [{"key": "team", "value": "storefront"}],
    }
