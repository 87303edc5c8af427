"""Collects in a process of its own, for a test that kills it: says when something is on the disk."""

import asyncio
import sys
from pathlib import Path

from hummingbot.connector.exchange.stellar.public_source import PublicSource
from hummingbot.strategy.ai_stellar.research.collection import Collector
from hummingbot.strategy.ai_stellar.research.collection.folder import Folder


async def collect(url: str, directory: Path, pair: str) -> None:
    source = PublicSource("stellar_local", url)
    collector = Collector(source, await Folder.open(directory, source, "stellar_local", [pair], 5), 0.1)
    recording = asyncio.create_task(collector.run())
    told = 0
    while not recording.done():
        written = sum(count.bytes for count in collector.counts())
        if written > told:
            told = written
            print("written", written, flush=True)
        await asyncio.sleep(0.01)
    await recording


if __name__ == "__main__":
    asyncio.run(collect(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
