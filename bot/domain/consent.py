"""Who has to say yes to a change before it starts, and how many have."""

from bot.domain.changes import Change
from bot.domain.stacks import ApprovalRule, Approved, Stage


def approval_of(change: Change, stage: Stage) -> ApprovalRule | None:
    """The rule under which this change has to be approved; None: it may start. Of what is only to happen later, the
    verb that is to happen counts, and whether the stage's rule wants to be asked now."""
    rule, later = stage.approval, change.plan.schedule
    if rule is None or change.emergency or (later and rule.schedules is not Approved.CREATED):
        return None
    return rule if (later.verb if later else change.verb) in rule.verbs else None


def approvers(change: Change) -> int:
    """How many different people have said yes."""
    return len({(one.person.team_id, one.person.user_id) for one in change.approvals})
