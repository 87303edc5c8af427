"""Takers come in clusters, at a rate that does not depend on how often ledgers close."""

import random

import pytest

from hummingbot.connector.exchange.stellar.sandbox.market.arrivals import Arrivals

RATE = 60 / 3600.0


def counts(clustering: float, seconds: float, hours: int, seed: int = 1) -> list[int]:
    arrivals = Arrivals(clustering, 120.0)
    source = random.Random(seed)
    steps = int(hours * 3600 / seconds)
    return [arrivals.count(k * seconds, (k + 1) * seconds, RATE, source) for k in range(steps)]


@pytest.mark.parametrize("seconds", [5.0, 300.0])
@pytest.mark.parametrize("clustering", [0.0, 0.5])
def test_the_mean_rate_is_the_one_asked_for(clustering: float, seconds: float) -> None:
    assert sum(counts(clustering, seconds, 400)) / 400 == pytest.approx(60, rel=0.05)


def test_clusters_raise_the_variance_of_counts_as_theory_says() -> None:
    hourly = counts(0.5, 3600.0, 4000)
    mean = sum(hourly) / len(hourly)
    variance = sum((count - mean) ** 2 for count in hourly) / len(hourly)
    assert variance / mean == pytest.approx(1 / (1 - 0.5) ** 2, rel=0.15)


def test_without_clusters_counts_are_poisson() -> None:
    hourly = counts(0.0, 3600.0, 4000)
    mean = sum(hourly) / len(hourly)
    variance = sum((count - mean) ** 2 for count in hourly) / len(hourly)
    assert variance / mean == pytest.approx(1.0, rel=0.1)


def test_followers_still_to_come_can_be_handed_on() -> None:
    first = Arrivals(0.9, 600.0)
    first.count(0.0, 300.0, 1.0, random.Random(5))
    handed_on = Arrivals(0.9, 600.0, sorted(first.pending))
    assert first.count(300.0, 600.0, 1.0, random.Random(6)) == handed_on.count(
        300.0, 600.0, 1.0, random.Random(6)
    )


def test_after_a_long_pause_only_the_last_hour_counts() -> None:
    assert Arrivals(0.0, 120.0).count(0.0, 1e6, RATE, random.Random(1)) < 120
