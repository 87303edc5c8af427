"""An hour of ledgers without an order: the connector holds at its end what it held at its beginning."""

import asyncio
import gc
from collections import Counter

import psutil
import pytest

HOUR = 720
"""Ledgers of five seconds."""
SAMPLES = 12
CONNECTOR = "hummingbot.connector.exchange.stellar."
SANDBOX = CONNECTOR + "sandbox."


@pytest.fixture
def ledger_interval():
    return 0.005


def held():
    """Count tasks, open files, and the connector's own objects by kind."""
    gc.collect()
    kinds = Counter(f"{type(thing).__module__}.{type(thing).__qualname__}" for thing in gc.get_objects())
    own = {k: n for k, n in kinds.items() if k.startswith(CONNECTOR) and not k.startswith(SANDBOX)}
    return Counter({"tasks": len(asyncio.all_tasks()), "files": psutil.Process().num_fds(), **own})


async def test_nothing_grows_in_an_idle_hour(traders):
    (trader,) = await traders("idler")
    clock = trader.exchange.ledger_clock

    async def follow(ledgers):
        end = clock.sequence + ledgers
        while clock.sequence < end:
            await clock.tick(10)

    await follow(300)
    samples = []
    for _ in range(SAMPLES):
        await follow(HOUR // SAMPLES)
        samples.append(held())

    for kind in samples[-1]:  # the least of each half: what a request under way holds is not in all samples
        early = min(sample[kind] for sample in samples[: SAMPLES // 2])
        late = min(sample[kind] for sample in samples[SAMPLES // 2 :])
        assert late - early < HOUR // 40, kind  # not one more in twenty ledgers
