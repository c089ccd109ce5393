"""The bot token scopes the app asks for, each with its reason; `manifest.yml` says the same (Slack facts 2.5)."""

REQUIRED = {
    "commands": "answers to /tinystacks",
    "chat:write": "posts cards, threads and private answers",
    "users:read": "refuses guests, bots, deactivated people and other workspaces",
    "usergroups:read": "reads who is in a user group that tinystacks.yml names",
    "channels:read": "checks that it is in a public channel, and that nobody from outside is",
    "groups:read": "the same for private channels",
}

OPTIONAL = {
    "app_mentions:read": "answers when somebody mentions it",
    "channels:history": "finds its own message again after a crash; without it may post one message twice",
    "groups:history": "the same for private channels",
    "im:write": "opens a direct message for who asks for a file",
    "files:write": "sends exports, log lines and pictures",
    "links:read": "sees links to the AWS console, if tinystacks.yml says unfurl: yes",
    "links:write": "shows the state of their stages under them",
}
