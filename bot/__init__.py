"""TinyStacks Bot: Amazon ECS changes, planned, approved and followed in Slack."""

VERSION = "0.1.0"
