"""Conducts a run: a sandbox with all faults, a bot killed and started again at random, and the judge.

All that is decided here and in the bot is drawn from one seed; a run is told again by it. How the processes'
steps fall between each other is the machine's.
"""

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.sandbox.faults import KINDS
from hummingbot.connector.exchange.stellar.transactions.journal.journal import journal_path
from hummingbot.strategy.ai_stellar.cli.account import fund
from hummingbot.strategy.ai_stellar.cli.instance import build_instance
from hummingbot.strategy.ai_stellar.cli.node import Node

from .bot_process import PATIENCE, BotProcess, environment
from .faults import SUBMISSION, draw_faults
from .recount import recount
from .task import DATABASE, Task

__all__ = ["Conductor", "Outcome", "Run"]

ROOT: Final = Path(__file__).resolve().parents[2]
JUDGE: Final = ROOT / "scripts" / "judge.py"
LEDGER_INTERVAL: Final = 0.15
MARKET_SECONDS: Final = 60
DOMAIN: Final = "stellar_local"


@dataclass(frozen=True, slots=True)
class Run:
    """What is to happen.

    Parameters
    ----------
    seed, orders, kills : int
    planted : str
        A bug that the bot is to have; empty for none.
    """

    seed: int
    orders: int
    kills: int
    planted: str = ""


@dataclass(slots=True)
class Outcome:
    """What has happened.

    Attributes
    ----------
    asked, kills, early_kills : int
        Orders asked for; kills, and those among them before the bot was ready.
    faults : Counter of str
        How often each kind of fault occurred.
    is_agreed : bool
    verdict : str
        What the judge says.
    complaints : list of str
        What else is wrong with the run.
    """

    asked: int = 0
    kills: int = 0
    early_kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    is_agreed: bool = False
    verdict: str = ""
    complaints: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether the run shows what it is to show."""
        return self.is_agreed and not self.complaints


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
        self._key = SigningKey.generate()
        self._bots: list[BotProcess] = []
        self._next: BotProcess | None = None
        self._asked_before = 0
        self.outcome = Outcome()

    def conduct(self) -> Outcome:
        """Do all of it, and return what came of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        build_instance(self._instance)
        sandbox = self._start_sandbox()
        try:
            assert sandbox.stdout is not None
            self._node = Node(sandbox.stdout.readline().split()[-1])
            fund(self._node, self._key, "USDC", Decimal(2000))
            self._faults = draw_faults(self._chance)
            self._control("POST", {"seed": self._run.seed, "faults": [*self._faults, *self._lost_answers()]})
            try:
                self._trade()
            except RuntimeError as error:
                self.outcome.complaints.append(str(error))
            finally:
                for bot in self._bots:
                    bot.kill()
            self._control("DELETE")
            self._judge()
            self._control("POST", path="/sandbox/save")
        finally:
            sandbox.terminate()
            sandbox.wait()
        return self.outcome

    def _lost_answers(self) -> list[dict[str, Any]]:
        """Make sure that a planted bug is met: the first answers to submissions that arrived are lost."""
        if not self._run.planted:
            return []
        return [{"kind": "timeout", "name": "lost answers", "count": 5, "when": "after", **SUBMISSION}]

    def _start_sandbox(self) -> subprocess.Popen[str]:
        words = ["--port", "0", "--ledger-interval", str(LEDGER_INTERVAL), "--seed", str(self._run.seed)]
        words += ["--market-seconds", str(MARKET_SECONDS), "--state", str(self._folder / "sandbox.state")]
        with (self._folder / "sandbox.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", "sandbox", *words],
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment(self._instance),
                text=True,
            )

    def _trade(self) -> None:
        share = self._run.orders / (self._run.kills + 1)
        bot = self._start_bot()
        for _ in range(self._run.kills):
            is_early = self._chance.random() < 0.25
            most = 0 if is_early else round(share * self._chance.uniform(0.6, 1.4))
            self._wait(bot, most)
            time.sleep(self._chance.uniform(0, 1.0))
            bot.kill()
            self.outcome.kills += 1
            self.outcome.early_kills += is_early
            self._provoke()
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

    def _start_bot(self) -> BotProcess:
        bot = self._next or self._new_bot()
        left = self._run.orders - self.outcome.asked
        seed = self._chance.randrange(2**32)
        bot.begin(Task(self._key.reveal(), self._node.url, seed, left, self._run.planted))
        self._next = self._new_bot() if self.outcome.kills < self._run.kills else None
        self._asked_before = self.outcome.asked
        while "started" not in bot.hear():
            pass
        return bot

    def _new_bot(self) -> BotProcess:
        self._bots.append(BotProcess(self._instance, self._folder / "bot.log"))
        return self._bots[-1]

    def _wait(self, bot: BotProcess, orders: int) -> None:
        """Wait until this bot has asked for as many, or all are asked for."""
        changed_at = time.monotonic()
        while self.outcome.asked - self._asked_before < orders and self.outcome.asked < self._run.orders:
            said = bot.hear()
            asked = self._asked_before + said["asked"]
            if asked != self.outcome.asked:
                changed_at, self.outcome.asked = time.monotonic(), asked
                self._tell(self.outcome)
            elif time.monotonic() - changed_at > PATIENCE:
                raise RuntimeError(f"the bot has asked for nothing for {PATIENCE:g} s: {said}")

    def _take_leave(self, bot: BotProcess) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            said = bot.hear()
            if "balances" in said:
                (self._folder / "reported.json").write_text(json.dumps(said["balances"]))
                if said["open"]:
                    self.outcome.complaints.append(f"still open for Hummingbot: {', '.join(said['open'])}")
                return
        raise RuntimeError(f"the bot has not left the market within {PATIENCE:g} s")

    def _judge(self) -> None:
        self.outcome.faults = Counter(self._control("GET")["occurred_by_kind"])
        missing = [kind for kind in KINDS if not self.outcome.faults[kind]]
        if missing:
            self.outcome.complaints.append(f"faults that never occurred: {', '.join(missing)}")
        data, reported = self._instance / "data", self._folder / "reported.json"
        journal, database = journal_path(data, DOMAIN, self._key.account), data / f"{DATABASE}.sqlite"
        words = ["--horizon", self._node.url, "--database", str(database), "--journal", str(journal)]
        details = self._folder / "details.json"
        words += ["--details", str(details)]
        if reported.exists():
            words += ["--reported", str(reported)]
        judged = subprocess.run(
            [sys.executable, "-I", JUDGE, *words], capture_output=True, text=True, check=False
        )
        self.outcome.is_agreed = judged.returncode == 0
        self.outcome.verdict = (judged.stdout + judged.stderr).strip()
        if details.exists():
            self._recount(json.loads(details.read_text()))

    def _recount(self, orders: dict[str, Any]) -> None:
        """See that the judge reads results as stellar-sdk does."""
        judged = {trade: tuple(fill) for order in orders.values() for trade, fill in order["fills"].items()}
        counted = recount(self._transactions(), self._key.account)
        if judged != counted:
            other = sorted(judged.items() ^ counted.items())
            self.outcome.complaints.append(f"the judge and stellar-sdk differ in fills: {other}")

    def _transactions(self) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            page = self._node.get("/transactions", limit=200, order="asc", cursor=cursor)["_embedded"][
                "records"
            ]
            yield from page
            if not page:
                return
            cursor = page[-1]["paging_token"]

    def _control(self, method: str, body: Any = None, path: str = "/sandbox/faults") -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self._node.url + path, data=data, method=method), timeout=30) as answer:
            return json.load(answer)


def _without_odds(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != "probability"}
