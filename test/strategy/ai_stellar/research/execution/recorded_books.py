"""Recordings as hftbacktest's collector writes them, made up."""

import gzip
import json

import numpy as np

SECOND = 10**9
BEGIN = 1_700_000_000
"""2023-11-14."""


class Collector:
    """Writes a book of a bid and an ask side, and what comes after it."""

    def __init__(self, bids, asks, begin=BEGIN):
        self.begin, self.number, self.lines = begin, 100, []
        self.put(0.0, {"lastUpdateId": self.number, "bids": text(bids), "asks": text(asks)})

    def put(self, seconds, message):
        self.lines.append(f"{round((self.begin + seconds) * SECOND)} {json.dumps(message)}\n")

    def update(self, seconds, bids=(), asks=()):
        self.number += 1
        data = {"e": "depthUpdate", "U": self.number, "u": self.number, "b": text(bids), "a": text(asks)}
        self.put(seconds, {"stream": "xlmusdt@depth", "data": data})

    def trade(self, seconds, price, amount, sold):
        data = {"e": "trade", "p": str(price), "q": str(amount), "m": sold}
        self.put(seconds, {"stream": "xlmusdt@trade", "data": data})

    def write(self, path):
        with gzip.open(path, "wt") as file:
            file.writelines(self.lines)
        return path


def text(levels):
    return [[str(price), str(amount)] for price, amount in levels]


def still(path, seconds=200, trades=()):
    """A book that never changes: 10 units a cent from 99 down and from 101 up."""
    bids = [(99.0 - 0.01 * k, 10.0) for k in range(40)]
    asks = [(101.0 + 0.01 * k, 10.0) for k in range(40)]
    collector = Collector(bids, asks)
    events = [(k / 2, None) for k in range(1, 2 * seconds)] + [(one[0], one) for one in trades]
    for time, trade in sorted(events, key=lambda event: event[0]):
        if trade is None:
            collector.update(time)
        else:
            collector.trade(*trade)
    return collector.write(path)


def wandering(path, seconds=350, seed=0, begin=BEGIN):
    """A book around a random walk in ticks of a cent, with takers."""
    random = np.random.default_rng(seed)
    middle = 10_000

    def side(sign):
        return {middle + sign * k: round(float(random.uniform(1.0, 20.0)), 3) for k in range(1, 60)}

    bids, asks = side(-1), side(1)

    def levels(book):
        return [(tick / 100, amount) for tick, amount in book.items()]

    collector = Collector(levels(bids), levels(asks), begin)
    for k in range(1, 4 * seconds):
        time = k / 4
        middle += int(random.integers(-3, 4))
        new = side(-1), side(1)
        changed = [
            [(tick / 100, new_side.get(tick, 0.0)) for tick in {*old, *new_side}]
            for old, new_side in zip((bids, asks), new, strict=True)
        ]
        collector.update(time, *changed)
        bids, asks = new
        if random.random() < 0.5:
            sold = bool(random.integers(2))
            price = max(bids) if sold else min(asks)
            collector.trade(time, price / 100, round(float(random.uniform(0.5, 8.0)), 3), sold)
    return collector.write(path)
