"""The page in a real browser: needs chromium, skips without."""
