"""What must survive a crash: every transaction before it is sent, and what was learnt and told of it."""
