"""Horizon's API over a sandbox: a file a resource family, and what they share (pages, streams, problems)."""
