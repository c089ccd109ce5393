"""Adapters against the real thing they translate."""
