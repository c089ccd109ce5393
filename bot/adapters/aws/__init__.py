"""AWS through botocore: translate in, translate out, translate errors; no decisions."""
