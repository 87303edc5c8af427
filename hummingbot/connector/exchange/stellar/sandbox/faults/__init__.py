"""What can be made to go wrong with a sandbox: faults by rule, drawn from a seed, counted."""

from .fault import KINDS, Fault, FaultError, Kind
from .faults import Faults
from .reading import parse_fault, read_faults

__all__ = ["KINDS", "Fault", "FaultError", "Faults", "Kind", "parse_fault", "read_faults"]
