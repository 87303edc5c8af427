"""Property tests run without a deadline: how long an example takes says nothing about the ledger."""

from hypothesis import settings

settings.register_profile("ledger", deadline=None)
settings.load_profile("ledger")
