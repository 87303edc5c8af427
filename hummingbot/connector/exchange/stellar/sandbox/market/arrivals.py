"""When takers come: in clusters, as a Hawkes process."""

import heapq
import random as random_
from collections.abc import Sequence
from typing import Final

__all__ = ["Arrivals"]

LONGEST_STEP: Final = 3600.0


class Arrivals:
    """Count arrivals from ledger to ledger.

    Takers who come by themselves are Poisson; each taker draws followers, Poisson in number with mean
    `clustering` and exponential in delay with mean `cluster_time`, who draw followers in turn. This
    branching picture is the Hawkes process with an exponential kernel exactly, whatever the time between
    ledgers.

    Parameters
    ----------
    clustering : float
        Followers a taker, below one.
    cluster_time : float
        Seconds.
    pending : sequence of float
        Arrival times of followers still to come, as another instance left them.

    References
    ----------
    Hawkes & Oakes (1974), A cluster process representation of a self-exciting process.
    """

    def __init__(self, clustering: float, cluster_time: float, pending: Sequence[float] = ()) -> None:
        self.clustering = clustering
        self.cluster_time = cluster_time
        self.pending = list(pending)
        heapq.heapify(self.pending)

    def count(self, begin: float, end: float, rate: float, random: random_.Random) -> int:
        """Return how many takers come between `begin` and `end` (market time, s).

        `rate` is the mean arrivals a second, followers included. After a pause of more than an hour only
        its last hour counts.
        """
        begin = max(begin, end - LONGEST_STEP)
        time = begin
        immigrants = rate * (1.0 - self.clustering)
        while immigrants > 0.0:
            time += random.expovariate(immigrants)
            if time > end:
                break
            heapq.heappush(self.pending, time)
        arrived = 0
        while self.pending and self.pending[0] <= end:
            parent = heapq.heappop(self.pending)
            if parent > begin:
                arrived += 1
            follower_rate = self.clustering
            while follower_rate > 0.0:
                follower_rate -= random.expovariate(1.0)
                if follower_rate > 0.0:
                    heapq.heappush(self.pending, parent + random.expovariate(1.0 / self.cluster_time))
        return arrived
