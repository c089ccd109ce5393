"""Tests of the sandbox: the local Slack and the simulated ECS behave like the real ones."""
