"""One vendor each, thin: translate in, translate out, translate errors."""
