"""Research: from price files to validated, shipped models. Nothing on the decision path imports it."""
