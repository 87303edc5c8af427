"""From an approved proposal to an order, and its life until it is filled, cancelled or expired."""
