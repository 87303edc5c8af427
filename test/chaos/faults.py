"""Every kind of fault that the sandbox has, all in force at once, each as often as a seed says."""

import random
from typing import Any, Final

from hummingbot.connector.exchange.stellar.sandbox.faults import KINDS

__all__ = ["RPC_READ", "SUBMISSION", "draw_faults"]

SUBMISSION: Final = {"path": "/transactions", "method": "POST"}
RPC_SUBMISSION: Final = {"path": "/rpc#sendTransaction"}
RPC_READ: Final = "delay of a read by RPC"
RULES: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "delay": (
        {"probability": 0.05, "seconds": [0.05, 0.6]},
        {"probability": 0.1, "when": "after", **SUBMISSION},
        {"probability": 0.6, "seconds": [0.0, 0.2], "path": "/rpc#getLedgerEntries", "name": RPC_READ},
    ),
    "drop": (
        {"probability": 0.02},
        {"probability": 0.04, "when": "after", **SUBMISSION},
        {"probability": 0.04, "when": "after", **RPC_SUBMISSION},
    ),
    "half": ({"probability": 0.02},),
    "rate_limited": ({"probability": 0.01},),
    "unavailable": ({"probability": 0.01}, {"probability": 0.02, "problem": "stale_history"}),
    "timeout": (
        {"probability": 0.01},
        {"probability": 0.06, "when": "after", **SUBMISSION},
        {"probability": 0.06, "when": "after", **RPC_SUBMISSION},
    ),
    "html": ({"probability": 0.01}, {"probability": 0.03, "when": "after", **SUBMISSION}),
    "repeat": ({"probability": 0.03},),
    "reorder": ({"probability": 0.02, "seconds": 0.5},),
    "swallow": ({"probability": 0.05},),
    "lag": ({"probability": 0.02, "ledgers": 3},),
    "stale": ({"probability": 0.02, "ledgers": 3},),
    "freeze": ({"probability": 0.002, "ledgers": 5},),
    "latest_ledger": ({"probability": 0.02, "ledgers": 2},),
    "passphrase": ({"probability": 0.1},),
    "stream_cut": ({"probability": 0.01},),
    "stream_stall": ({"probability": 0.005, "seconds": [0.5, 5]},),
    "stream_duplicate": ({"probability": 0.03},),
    "stream_reorder": ({"probability": 0.03},),
    "halt": ({"probability": 0.01, "seconds": [0.5, 2.0]},),
}
"""What is usual of each kind; a seed makes it rarer or more frequent."""


def draw_faults(chance: random.Random, nodes: int) -> list[dict[str, Any]]:
    """Return rules of all kinds for that many nodes, each from half as frequent to half as frequent again."""
    assert RULES.keys() == KINDS.keys(), "every kind of fault is injected"
    return [
        {
            "kind": kind,
            **rule,
            "probability": round(rule["probability"] * chance.uniform(0.5, 1.5), 4),
            "nodes": list(range(1, nodes + 1)),
        }
        for kind, rules in RULES.items()
        for rule in rules
    ]
