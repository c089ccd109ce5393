"""TinyStacks Bot: Amazon ECS changes, planned, approved and followed in Slack."""
