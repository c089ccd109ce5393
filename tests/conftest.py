"""What every test run shares."""

from hypothesis import settings

# On a busy machine an example may take long without being wrong.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")
