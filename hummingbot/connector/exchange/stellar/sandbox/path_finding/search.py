"""The search for paths: hop by hop from one end, each asset kept with the best amount that reached it.

All paths that were best for their other end when they were found are told, so that there is a second when
the first is gone; a search of few hops does not try every combination.

References
----------
stellar/go, ``exp/orderbook/search.go``; Horizon, ``internal/simplepath/inmemory.go``.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Final

from ...ledger.asset import Asset
from .venues import Venues

__all__ = ["MOST_HOPS", "Found", "paths_from", "paths_to"]

MOST_HOPS: Final = 3
"""How far Horizon looks by default (its option ``max-path-length``, 5 at most)."""

MOST_AN_ASSET: Final = 5

Reached = tuple[tuple[Asset, ...], int]
"""The assets from where a search began to one that it reached, and the amount there."""


@dataclass(frozen=True, slots=True)
class Found:
    """A path: what is sent, what arrives, and the assets between. Amounts are stroops."""

    source: Asset
    source_amount: int
    destination: Asset
    destination_amount: int
    path: tuple[Asset, ...]


def paths_from(
    venues: Venues, source: Asset, amount: int, destinations: Collection[Asset], hops: int = MOST_HOPS
) -> list[Found]:
    """Return the paths that send an exact amount to any of some assets, most received first.

    Up to five an asset; the assets in the order of their names.
    """
    wanted = [asset for asset in destinations if asset in venues.assets]
    if not wanted or source not in venues.assets:
        return []
    reached = search(
        venues.assets,
        (source, amount),
        hops,
        wanted,
        venues.bought_with,
        lambda sent, had, next: venues.received(sent, had, next),
        lambda amount, other: amount > other,
    )
    found = [Found(source, amount, path[-1], got, path[1:-1]) for path, got in reached]
    found.sort(key=lambda one: (name_of(one.destination), -one.destination_amount, len(one.path)))
    return list(first_of_each(found, lambda one: one.destination))


def paths_to(
    venues: Venues,
    destination: Asset,
    amount: int,
    balances: Mapping[Asset, int | None],
    payer: str | None = None,
    hops: int = MOST_HOPS,
) -> list[Found]:
    """Return the paths that deliver an exact amount from any of some assets, cheapest first.

    Up to five an asset; the assets in the order of their names.

    Parameters
    ----------
    balances : mapping of Asset to int or None
        What may be sent, and how much of it at most (None: anything).
    payer : str, optional
        The account that will pay: its own offers do not count.
    """
    wanted = {asset: most for asset, most in balances.items() if asset in venues.assets}
    if not wanted or destination not in venues.assets:
        return []
    reached = search(
        venues.assets,
        (destination, amount),
        hops,
        wanted,
        venues.paid_for,
        lambda got, needed, next: venues.cost(got, needed, next, payer),
        lambda amount, other: other == 0 or amount < other,
    )
    found = []
    for path, cost in reached:
        most = wanted[path[-1]]
        if most is None or cost <= most:
            found.append(Found(path[-1], cost, destination, amount, path[-2:0:-1]))
    found.sort(key=lambda one: (name_of(one.source), one.source_amount, len(one.path)))
    return list(first_of_each(found, lambda one: one.source))


def search(
    assets: Iterable[Asset],
    start: tuple[Asset, int],
    hops: int,
    wanted: Collection[Asset],
    neighbours: Callable[[Asset], Iterable[Asset]],
    exchange: Callable[[Asset, int, Asset], int],
    is_better: Callable[[int, int], bool],
) -> Iterator[Reached]:
    """Yield each way to a wanted asset that is better than those of as few hops found before it."""
    origin, amount = start
    best: dict[Asset, Reached] = {origin: ((origin,), amount)}
    if origin in wanted:
        yield best[origin]
    for hop in range(hops):
        updated = dict(best)
        for asset in assets:
            if asset not in best:
                continue
            path, had = best[asset]
            for next in neighbours(asset):
                if next in path or (hop == hops - 1 and next not in wanted):
                    continue
                got = exchange(asset, had, next)
                if got > 0 and is_better(got, updated[next][1] if next in updated else 0):
                    updated[next] = ((*path, next), got)
                    if next in wanted:
                        yield updated[next]
        best = updated


def name_of(asset: Asset) -> str:
    """Return the name by which Horizon sorts an asset here."""
    return asset.type if asset.is_native else f"{asset.type}/{asset.code}/{asset.issuer}"


def first_of_each(found: list[Found], asset_of: Callable[[Found], Asset]) -> Iterator[Found]:
    """Yield the first few of each asset."""
    for _, paths in groupby(found, asset_of):
        yield from islice(paths, MOST_AN_ASSET)
