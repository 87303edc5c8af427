"""Hard limits, and the gate that every proposal has to pass."""
