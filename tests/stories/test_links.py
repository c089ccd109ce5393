"""Links to the AWS console pasted in a channel where the bot is."""

from pathlib import Path

from tests.stories.services import CLUSTER, REGION
from tests.stories.told import PATIENCE, story, text_of

CONSOLE = f"https://{REGION}.console.aws.amazon.com/ecs/v2/clusters/{CLUSTER}/services"


def test_a_pasted_link_to_a_stage_gets_a_line_of_state_where_only_members_read_it(tmp_path: Path) -> None:
    with story(tmp_path, ("linked",)) as here:
        link = f"{CONSOLE}/linked/health?region={REGION}&tab=1"
        here.ana.types(f"why is {link} slow?", "C0SHARED")
        here.ana.types(f"and {CONSOLE}/nobodys/health")
        here.ana.types(f"why is {link} slow? and {CONSOLE}/nobodys/health")
        message = here.ana.waits_for(lambda one: bool(one.get("attachments")), seconds=PATIENCE)
        assert "│ *linked* 🟢 staging `v42`" in text_of(message)
        assert "2/2" in text_of(message)
        assert (len(message["attachments"]), message["edited"]) == (1, False)
        assert [one for one in here.ana.sees("C0SHARED") if one.get("attachments")] == []
        assert [one["method"] for one in here.slack.state.calls].count("chat.unfurl") == 1
        assert "Traceback" not in here.log
