"""The audit entry and its hash chain (contract section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing asked, refused, approved, denied, expired, started, called on AWS or finished. Never a secret, never
    an environment value: `detail` holds names, ids, counts and AWS's own words."""

    at: datetime
    team_id: str
    user_id: str
    user_name: str
    action: str
    outcome: str
    stack: str = ""
    stage: str = ""
    change_id: str = ""
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
