"""The faults in force: which of them strikes now, and how often each has."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random
from typing import Any, Final

from .fault import Fault, FaultError, Phase, shown

__all__ = ["Faults"]

DEFAULT_SEED: Final = 1
MOST: Final = 1000


class Faults:
    """Rules, asked in their order. Each draws from a generator of its own, seeded by the seed and its name.

    So the same requests in the same order meet the same faults, and a rule more or less changes nothing for
    the others. What occurred is counted, also of rules that are gone.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self.seed = seed
        self._rules: dict[str, Fault] = {}
        self._random: dict[str, Random] = {}
        self._left: dict[str, int] = {}
        self._phases: Counter[Phase] = Counter()
        self.considered: Counter[str] = Counter()
        self.occurred: Counter[str] = Counter()
        self.by_kind: Counter[str] = Counter()

    @property
    def rules(self) -> tuple[Fault, ...]:
        """The rules in force, in the order they are asked."""
        return tuple(self._rules.values())

    def has(self, phase: Phase) -> bool:
        """Tell whether any rule strikes there."""
        return self._phases[phase] > 0

    def add(self, faults: Iterable[Fault], seed: int | None = None) -> tuple[Fault, ...]:
        """Put rules in force; one of the same name is replaced, and begins anew.

        Parameters
        ----------
        faults : iterable of Fault
        seed : int, optional
            Starts all rules' generators over.

        Returns
        -------
        tuple of Fault
            The rules, with names of their own: a second one of a kind without a name is called ``kind 2``.

        Raises
        ------
        FaultError
            If they are too many, or two have one name.
        """
        named: dict[str, Fault] = {}
        for fault in faults:
            if fault.name != fault.kind and fault.name in named:
                raise FaultError(f"two faults are named {shown(fault.name)}: give each a name of its own")
            name, number = fault.name, 1
            while name in named:
                number += 1
                name = f"{fault.name} {number}"
            named[name] = replace(fault, name=name)
        if len(self._rules.keys() | named.keys()) > MOST:
            raise FaultError(f"more than {MOST} faults: remove some first")
        if seed is not None:
            self.seed = seed
            self._random = {name: self._generator(name) for name in self._rules}
        for name, fault in named.items():
            self.remove(name)
            self._rules[name] = fault
            self._random[name] = self._generator(name)
            self._phases[fault.phase] += 1
            if fault.count is not None:
                self._left[name] = fault.count
        return tuple(named.values())

    def remove(self, name: str) -> bool:
        """Take a rule out of force; tell whether it was in it."""
        fault = self._rules.pop(name, None)
        if fault is None:
            return False
        self._phases[fault.phase] -= 1
        del self._random[name]
        self._left.pop(name, None)
        return True

    def draw(
        self,
        phase: Phase,
        node: int = 0,
        method: str = "",
        path: str = "",
        able: Callable[[Fault], bool] | None = None,
    ) -> Fault | None:
        """Return the fault that strikes there now, if any, and count it.

        Parameters
        ----------
        phase : str
        node, method, path : int, str, str
            Of the request, where there is one.
        able : callable, optional
            Tells whether a rule can strike there at all; one that cannot is not drawn for.
        """
        if not self._phases[phase]:
            return None
        for fault in self._rules.values():
            if fault.phase != phase or not (phase == "ledger" or fault.fits(node, method, path)):
                continue
            if (able is None or able(fault)) and self.strikes(fault):
                return fault
        return None

    def strikes(self, fault: Fault) -> bool:
        """Draw for one rule that fits: tell whether it strikes now, and count it if so."""
        left = self._left.get(fault.name)
        if left == 0:
            return False
        self.considered[fault.name] += 1
        if self._random[fault.name].random() >= fault.probability:
            return False
        if left is not None:
            self._left[fault.name] = left - 1
        self.occurred[fault.name] += 1
        self.by_kind[fault.kind] += 1
        return True

    def seconds(self, fault: Fault) -> float:
        """Draw a duration from a rule's span."""
        least, most = fault.seconds
        return least if least == most else self._random[fault.name].uniform(least, most)

    def report(self) -> dict[str, Any]:
        """Return the rules with how often each was drawn for and occurred, and the counts by kind."""
        return {
            "seed": self.seed,
            "faults": [
                {
                    **fault.to_dict(),
                    "considered": self.considered[fault.name],
                    "occurred": self.occurred[fault.name],
                }
                for fault in self._rules.values()
            ],
            "occurred": dict(sorted(self.occurred.items())),
            "occurred_by_kind": dict(sorted(self.by_kind.items())),
        }

    def _generator(self, name: str) -> Random:
        return Random(f"{self.seed} {name}")
