"""Settings for all tests."""

import os

from hypothesis import settings

# The same examples on every run: a stranger's first `make test` must not find what ours did not. To search further:
# HYPOTHESIS_PROFILE=explore make test
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
