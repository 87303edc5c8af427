"""Arithmetic and data that must match the Stellar network to the last stroop."""
