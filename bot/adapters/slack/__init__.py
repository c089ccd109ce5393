"""Slack: requests in (Socket Mode and HTTP), the Web API out, and who people are."""
