"""Tables of the memory file. Amounts and prices are text, so that no digit is lost."""

from typing import Final

__all__ = ["APPLICATION_ID", "SCHEMA", "SCHEMA_VERSION"]

APPLICATION_ID: Final = 0x41495354
"""'AIST': marks the file as a memory of this strategy."""
SCHEMA_VERSION: Final = 1

SCHEMA: Final = """
CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    venue TEXT NOT NULL,            -- connector
    account TEXT NOT NULL,          -- address, or the paper account of one run
    markets TEXT NOT NULL,          -- JSON list of pairs
    currency TEXT NOT NULL,         -- what values are counted in
    configuration TEXT NOT NULL,    -- JSON
    limits TEXT NOT NULL,           -- JSON, by pair, in force during the run
    model TEXT NOT NULL,
    began_at INTEGER NOT NULL,      -- ledger time, seconds since 1970
    ended_at INTEGER                -- ledger time, NULL while it runs or if it was killed
);

CREATE TABLE final_balances (
    run INTEGER NOT NULL REFERENCES runs,
    asset TEXT NOT NULL,
    stroops INTEGER NOT NULL,       -- as the connector held them when the run had ended
    PRIMARY KEY (run, asset)
);

CREATE TABLE decisions (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs,
    venue TEXT NOT NULL,
    pair TEXT NOT NULL,
    bar_end INTEGER NOT NULL,       -- ledger time
    time INTEGER NOT NULL,          -- close time of the ledger it was made at
    ledger INTEGER NOT NULL,
    -- market
    open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL,
    bid TEXT, ask TEXT, mid TEXT, spread_bp REAL,
    ledgers_behind INTEGER, ledger_age REAL,
    equity TEXT,
    -- forecast
    probability_up REAL, expected_return REAL, model TEXT,
    -- proposal
    style TEXT NOT NULL, signal REAL NOT NULL, share REAL, target_share REAL, rationale TEXT NOT NULL,
    side TEXT NOT NULL,             -- buy, sell, hold
    proposed_size TEXT NOT NULL, price TEXT,
    -- memory
    memory_scale REAL NOT NULL, memory_neighbours INTEGER NOT NULL, memory_evidence REAL NOT NULL,
    memory_mean_bp REAL NOT NULL, memory_t REAL NOT NULL,
    scaled_size TEXT NOT NULL,
    -- verdict
    verdict TEXT NOT NULL,          -- approved, reduced, rejected, or none for a hold
    size TEXT NOT NULL,             -- allowed
    reasons TEXT NOT NULL,          -- JSON list of [code, sentence]
    situation TEXT,                 -- JSON list, by memory.similarity.SITUATION
    -- nanoseconds
    features_ns INTEGER NOT NULL, forecast_ns INTEGER NOT NULL, proposal_ns INTEGER NOT NULL,
    memory_ns INTEGER NOT NULL, gate_ns INTEGER NOT NULL, order_ns INTEGER,
    -- execution and outcome
    order_id TEXT UNIQUE,           -- Hummingbot's client order id
    order_end TEXT,                 -- filled, cancelled, failed, expired
    filled TEXT NOT NULL DEFAULT '0', filled_quote TEXT NOT NULL DEFAULT '0',
    known_at INTEGER, outcome_mid TEXT, market_return REAL, pnl_bp REAL, learning_weight REAL
);
CREATE INDEX decisions_of_pair ON decisions (venue, pair, bar_end);

CREATE TABLE fills (
    number INTEGER PRIMARY KEY,
    decision INTEGER NOT NULL REFERENCES decisions,
    order_id TEXT NOT NULL,
    trade_id TEXT NOT NULL,
    pair TEXT NOT NULL,
    side TEXT NOT NULL,
    time INTEGER NOT NULL,          -- ledger time when it was reported
    price TEXT NOT NULL,
    amount TEXT NOT NULL,
    fee TEXT NOT NULL,              -- JSON object: asset to amount
    UNIQUE (order_id, trade_id)
);
"""
