"""Whole stories: typed and clicked in the local Slack, carried out by the real bot on the simulated ECS."""
