"""The ``ai-stellar`` command: what Hummingbot's own commands lack."""
