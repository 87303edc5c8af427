"""Conducts a run: a sandbox with all faults, a bot killed and started again at random, and the judge.

All that is decided here and in the bot is drawn from one seed; a run is told again by it: its faults' odds,
its deaths, and what each life asks for. How the steps of the processes fall between each other, and so which
request meets which fault, is the machine's.
"""

import json
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from urllib.request import Request, urlopen

from hummingbot.connector.exchange.stellar.channel_keys import write_channel_keys
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import CreateAccount
from hummingbot.connector.exchange.stellar.sandbox.faults import KINDS
from hummingbot.connector.exchange.stellar.transactions.journal.journal import journal_path
from hummingbot.strategy.ai_stellar.cli.account import fund, submit_operations
from hummingbot.strategy.ai_stellar.cli.instance import build_instance
from hummingbot.strategy.ai_stellar.cli.node import Node

from .bot_process import PATIENCE, BotProcess
from .crowd import SIZES, Crowd
from .deaths import Death, draw_deaths
from .evidence import judge
from .faults import RPC_READ, SUBMISSION, draw_faults
from .outcome import Outcome, Run
from .planted import PLANTED
from .sandbox_process import LEDGER_INTERVAL, start_sandbox
from .task import DATABASE, Task

__all__ = ["Conductor"]

CHANNELS: Final = 3
LUMENS: Final = 10**9
"""Stroops that each account of crowd and channels begins with."""

DOMAIN: Final = "stellar_local"
LEAST_AT_LAST: Final = 20
"""Orders that the last life asks for, however many were asked for before."""

MANY: Final = 10**6
"""Orders of a life that is to end before it has asked for them."""

KILLS_OF_A_LONG_RUN: Final = 10
"""A run with fewer may be over before transactions of all kinds have come about."""


class Conductor:
    """Runs one run in a folder, which keeps all evidence.

    Parameters
    ----------
    run : Run
    folder : Path
    tell : callable
        Takes the outcome so far, now and then.
    """

    def __init__(
        self, run: Run, folder: Path, tell: Callable[[Outcome], None] = lambda outcome: None
    ) -> None:
        self._run = run
        self._folder = folder
        self._instance = folder / "instance"
        self._tell = tell
        self._chance = random.Random(run.seed)
        self._deaths = draw_deaths(self._chance, run.kills)
        if run.planted:
            self._deaths = [Death(when, 0.5, 1) for when in PLANTED[run.planted].deaths]
        self._by_rpc = self._draw_lives_by_rpc()
        self._key = SigningKey.generate()
        self._channels = [SigningKey.generate() for _ in range(0 if run.planted else CHANNELS)]
        self._crowd: Crowd | None = None
        self._bots: list[BotProcess] = []
        self._next: BotProcess | None = None
        self._asked_before = 0
        self._outage = ""
        self.outcome = Outcome()

    def conduct(self) -> Outcome:
        """Do all of it, and return what came of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        build_instance(self._instance)
        sandbox, (*self._urls, spared) = start_sandbox(self._instance, self._folder, self._run)
        try:
            self._node = Node(spared)
            fund(self._node, self._key, "USDC", Decimal(2000))
            if not self._run.planted:
                self._make_accounts()
            for account in self._accounts:
                opening = self._node.get(f"/accounts/{account}")
                (self._folder / f"opening-{account}.json").write_text(json.dumps(opening))
            self._faults = draw_faults(self._chance, self._run.nodes)
            self._control("POST", {"seed": self._run.seed, "faults": [*self._faults, *self._lost_answers()]})
            try:
                self._trade()
            except RuntimeError as error:
                self.outcome.complaints.append(str(error))
            finally:
                if self._crowd is not None:
                    self._crowd.stop()
                for bot in self._bots:
                    bot.kill()
            self._control("DELETE")
            self._judge()
            self._control("POST", path="/sandbox/save")
        finally:
            sandbox.terminate()
            sandbox.wait()
        return self.outcome

    @property
    def _accounts(self) -> list[str]:
        """The account that trades, then its channels."""
        return [key.account for key in (self._key, *self._channels)]

    @property
    def _channels_file(self) -> Path:
        return self._folder / "channels"

    def _draw_lives_by_rpc(self) -> set[int]:
        """Return which lives of the bot read their account by RPC: about a third, none to find a bug in."""
        lives = len(self._deaths) + 1
        return set() if self._run.planted else set(self._chance.sample(range(lives), max(1, lives // 3)))

    def _make_accounts(self) -> None:
        """Fund channels and the crowd, which comes to trade for places in ledgers."""
        crowd = [SigningKey.generate() for _ in SIZES]
        made = (CreateAccount(key.account, LUMENS) for key in (*self._channels, *crowd))
        submit_operations(self._node, self._key, *made)
        write_channel_keys(self._channels_file, self._channels)
        passphrase = str(self._node.get("/")["network_passphrase"])
        seed = self._chance.randrange(2**32)
        self._crowd = Crowd(self._node.url, crowd, passphrase, seed, LEDGER_INTERVAL / 2)
        self._crowd.start()

    def _lost_answers(self) -> list[dict[str, Any]]:
        """Make sure that a planted bug is met: the first answers to submissions that arrived are lost."""
        if not self._run.planted:
            return []
        return [{"kind": "timeout", "name": "lost answers", "count": 5, "when": "after", **SUBMISSION}]

    def _trade(self) -> None:
        share = self._run.orders / (len(self._deaths) + 1)
        for death in self._deaths:
            after = round(share * death.after)
            bot = self._start_bot(death, after)
            if death.is_from_outside:
                self._kill(bot, after)
            else:
                self._await_death(bot, death, after)
            self.outcome.deaths[death.when] += 1
            self._provoke()
            self._let_a_node_fail()
        bot = self._start_bot()
        self._wait(bot, self._run.orders)
        self._control("DELETE")
        bot.signal(signal.SIGTERM)
        self._take_leave(bot)

    def _provoke(self) -> None:
        """See to it that faults that have not occurred yet do so at the next occasion."""
        occurred = self._control("GET")["occurred_by_kind"]
        rules = [
            {"probability": 1.0, "count": 1, "name": f"{rule['kind']} at last", **_without_odds(rule)}
            for rule in self._faults
            if rule["kind"] not in occurred
        ]
        unique = {rule["name"]: rule for rule in rules}
        self._control("POST", list(unique.values()))

    def _let_a_node_fail(self) -> None:
        """Let one node, or none, answer nothing until the next life."""
        if self._outage:
            self._control("DELETE", path=f"/sandbox/faults/{quote(self._outage)}")
        number = self._chance.randint(0, self._run.nodes) if self._run.nodes > 1 else 0
        self._outage = f"node {number} is down" if number else ""
        if number:
            rule = {"kind": "drop", "name": self._outage, "probability": 1.0, "nodes": [number]}
            self._control("POST", [rule])
            self.outcome.outages[number] += 1

    def _start_bot(self, death: Death | None = None, after: int = 0) -> BotProcess:
        """Begin a life; one that is to end early does not run out of orders, the last asks for those left."""
        bot = self._next or self._new_bot()
        self._asked_before = self.outcome.asked
        left = max(LEAST_AT_LAST, self._run.orders - self.outcome.asked)
        life = self.outcome.kills
        task = Task(
            self._key.reveal(),
            ",".join(self._urls),
            str(self._channels_file) if self._channels else "",
            ",".join(f"{url}/rpc" for url in self._urls) if life in self._by_rpc else "",
            self._chance.randrange(2**32),
            left if death is None else MANY,
            self._run.planted,
            "" if death is None or death.is_from_outside else death.when,
            after,
            1 if death is None else death.in_times,
        )
        bot.begin(task)
        self._next = self._new_bot() if death is not None else None
        if death is None or death.is_from_outside:
            while "started" not in (bot.hear() or ()):
                pass
        return bot

    def _new_bot(self) -> BotProcess:
        self._bots.append(BotProcess(self._instance, self._folder / "bot.log"))
        return self._bots[-1]

    def _kill(self, bot: BotProcess, after: int) -> None:
        self._wait(bot, after)
        time.sleep(self._chance.uniform(0, 1.0))
        bot.kill()

    def _await_death(self, bot: BotProcess, death: Death, after: int) -> None:
        """Wait until the bot has killed itself."""
        deadline = time.monotonic() + PATIENCE
        while (said := bot.hear()) is not None:
            if self._take(said) and self.outcome.asked - self._asked_before <= after:
                deadline = time.monotonic() + PATIENCE
            if time.monotonic() > deadline:
                raise RuntimeError(f"the bot has not come to its death {death} for {PATIENCE:g} s: {said}")

    def _wait(self, bot: BotProcess, orders: int) -> None:
        """Wait until this bot has asked for as many, or all are asked for."""
        deadline = time.monotonic() + PATIENCE
        while self.outcome.asked - self._asked_before < orders and self.outcome.asked < self._run.orders:
            said = bot.hear()
            if said is None:
                raise RuntimeError("the bot was killed by someone else")
            if self._take(said):
                deadline = time.monotonic() + PATIENCE
            elif time.monotonic() > deadline:
                raise RuntimeError(f"the bot has asked for nothing for {PATIENCE:g} s: {said}")

    def _take(self, said: dict[str, Any]) -> bool:
        """Take what a bot says; tell whether it has asked for more orders."""
        asked = self._asked_before + said.get("asked", 0)
        if asked <= self.outcome.asked:
            return False
        self.outcome.asked = asked
        self._tell(self.outcome)
        return True

    def _take_leave(self, bot: BotProcess) -> None:
        patience = PATIENCE / 4 if self._run.planted else PATIENCE
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            said = bot.hear() or {}
            if "balances" in said:
                (self._folder / "reported.json").write_text(json.dumps(said["balances"]))
                if said["open"]:
                    self.outcome.complaints.append(f"still open for Hummingbot: {', '.join(said['open'])}")
                return
        raise RuntimeError(f"the bot has not left the market within {patience:g} s")

    def _judge(self) -> None:
        report = self._control("GET")
        self.outcome.faults = Counter(report["occurred_by_kind"])
        self.outcome.rpc_reads = report["occurred"].get(RPC_READ, 0)
        missing = [kind for kind in KINDS if not self.outcome.faults[kind]]
        if missing:
            self.outcome.complaints.append(f"faults that never occurred: {', '.join(missing)}")
        data = self._instance / "data"
        database, journal = data / f"{DATABASE}.sqlite", journal_path(data, DOMAIN, self._key.account)
        judge(self.outcome, self._node, self._accounts, database, journal, self._folder)
        ways = self.outcome.transactions | {"read by RPC": self.outcome.rpc_reads}
        never = [way for way, times in ways.items() if not times]
        if never and self._run.kills >= KILLS_OF_A_LONG_RUN:
            self.outcome.complaints.append(f"no transaction was {', none '.join(never)}")

    def _control(self, method: str, body: Any = None, path: str = "/sandbox/faults") -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self._node.url + path, data=data, method=method), timeout=30) as answer:
            return json.load(answer)


def _without_odds(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != "probability"}
