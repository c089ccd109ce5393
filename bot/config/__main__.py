"""`python -m bot.config > docs/tinystacks.schema.json`: prints the JSON Schema of `tinystacks.yml`."""

import json
import sys

from bot.config import schema

json.dump(schema(), sys.stdout, indent=2, ensure_ascii=False)
print()
