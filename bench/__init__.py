"""What docs/performance.md quotes: each figure measured on the real bot process between the sandbox's Slack and ECS."""
