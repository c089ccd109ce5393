"""Every discovered command."""
