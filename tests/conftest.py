"""What every test run shares."""

import os

from hypothesis import settings

# On a busy machine an example may take long without being wrong. EXAMPLES=1000 looks longer.
settings.register_profile("calm", deadline=None, max_examples=int(os.environ.get("EXAMPLES", "40")))
settings.load_profile("calm")
