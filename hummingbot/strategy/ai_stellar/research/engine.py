"""Where the parts of a study are computed: in this process, on several, or on machines of Dask or Ray."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

__all__ = ["ENGINES", "Engine", "Step"]

Step = Callable[[str], None]
"""Told what has been done, for a progress bar."""
ENGINES: Final = ("local", "dask", "ray")
OLDEST_MSGPACK: Final = (1, 0, 2)
PATIENCE: Final = 10
"""Seconds in which a scheduler must answer."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Computes independent parts, one thread each, and returns them in order whatever computes them.

    Parameters
    ----------
    workers : int
        Processes; with the local engine, 1 computes in this one.
    name : {"local", "dask", "ray"}
        What computes, through joblib's backends.
    address : str, optional
        Of a Dask scheduler (``tcp://host:port``) that runs already; by default Dask's workers are started
        here, on loopback, and stopped at the end.

    Raises
    ------
    ValueError
        If there is no such engine, it has no worker, or an address is none of Dask's.
    """

    workers: int = 1
    name: str = "local"
    address: str | None = None

    def __post_init__(self) -> None:
        if self.name not in ENGINES:
            raise ValueError(f"no engine {self.name!r}: name one of {', '.join(ENGINES)}")
        if self.workers < 1:
            raise ValueError(f"{self.workers} workers compute nothing: name 1 or more")
        if self.address is not None and self.name != "dask":
            raise ValueError(f"engine {self.name} has no scheduler at {self.address}: --engine dask has one")

    def map(self, function: Callable[..., Any], parts: Iterable[tuple[Any, ...]]) -> list[Any]:
        """Return ``function(*part)`` for each part; the function must be of a module, not nested.

        Raises
        ------
        ValueError
            If the engine's library is not installed, or the scheduler does not answer.
        """
        from joblib import Parallel, delayed
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1), self._backend() as jobs:
            return list(Parallel(n_jobs=jobs)(delayed(function)(*part) for part in parts))

    @contextmanager
    def _backend(self) -> Iterator[int]:
        """Choose joblib's backend; give how many parts it computes at once."""
        if self.name == "local":
            yield self.workers
        elif self.name == "dask":
            with self._dask():
                yield -1
        else:
            with self._ray():
                yield self.workers

    @contextmanager
    def _dask(self) -> Iterator[None]:
        from joblib import parallel_config

        try:
            library: Any = import_module("distributed")
        except ImportError:
            raise ValueError("engine dask is not installed: pip install 'hummingbot-stellar[dask]'") from None
        if import_module("msgpack").version < OLDEST_MSGPACK:
            raise ValueError(
                "engine dask finds an old msgpack, which hummingbot asks for, in its own one's place: "
                "pip install --force-reinstall --no-deps 'msgpack>=1.0.2'"
            )
        if self.address is not None:
            try:
                client = library.Client(self.address, timeout=PATIENCE)
            except (OSError, ValueError, TimeoutError) as error:
                raise ValueError(
                    f"no Dask scheduler answers at {self.address} ({type(error).__name__}): "
                    "start one, or leave --address out"
                ) from None
            with client, parallel_config(backend="dask"):
                yield
            return
        cluster = library.LocalCluster(
            n_workers=self.workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        )
        with cluster, library.Client(cluster), parallel_config(backend="dask"):
            yield

    @contextmanager
    def _ray(self) -> Iterator[None]:
        from joblib import parallel_config

        try:
            import ray
            from ray.util.joblib import register_ray
        except ImportError:
            raise ValueError("engine ray is not installed: pip install 'hummingbot-stellar[ray]'") from None
        ray.init(num_cpus=self.workers, include_dashboard=False, configure_logging=False)
        try:
            register_ray()
            with parallel_config(backend="ray"):
                yield
        finally:
            ray.shutdown()
