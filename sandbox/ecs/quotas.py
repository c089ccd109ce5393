"""Service Quotas of Fargate, which moto does not know."""

from __future__ import annotations

from sandbox.ecs.errors import EcsError
from sandbox.ecs.model import Answer, Params, arn

QUOTAS = {
    "L-3032A538": ("Fargate On-Demand vCPU resource count", 140.0),
    "L-36FBB829": ("Fargate Spot vCPU resource count", 140.0),
}


def quota(region: str, params: Params) -> Answer:
    """GetServiceQuota of service code `fargate`. Raises NoSuchResourceException."""
    code = params["QuotaCode"]
    if code not in QUOTAS:
        raise EcsError("NoSuchResourceException", "The request failed because the specified service does not exist.")
    name, value = QUOTAS[code]
    return {
        "Quota": {
            "ServiceCode": "fargate",
            "ServiceName": "AWS Fargate",
            "QuotaArn": arn(region, f"fargate/{code}", "servicequotas"),
            "QuotaCode": code,
            "QuotaName": name,
            "Value": value,
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }
    }
