"""What happens, in order: calls ports, knows no vendor."""
