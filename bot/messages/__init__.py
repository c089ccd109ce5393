"""What the bot says: domain values to Block Kit. Pure."""
