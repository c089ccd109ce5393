"""The local world: a Slack workspace and a simulated ECS, for development, demos and tests."""
