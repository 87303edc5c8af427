"""Damaged bytes for everything that reads what others wrote: an error of the kind it promises, or a value."""
