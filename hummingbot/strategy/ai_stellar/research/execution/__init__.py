"""Execution of a parent order: simulated books, schedules, and how they are judged."""
