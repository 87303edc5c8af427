"""A story recorded from a real network and its Horizon, told again to the sandbox and compared."""
