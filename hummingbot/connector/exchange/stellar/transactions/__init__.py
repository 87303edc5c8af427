"""From orders to signed transactions and back: what is sent together, how its fate is learnt, what it did."""
