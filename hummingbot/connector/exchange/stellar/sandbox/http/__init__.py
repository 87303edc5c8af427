"""Horizon's API over a sandbox: one file a resource family, and what they share (pages, streams, problems)."""
