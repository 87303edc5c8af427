"""``make soak``: the long run, with its progress, and a table of what happened."""

import argparse
import secrets
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from .conductor import Conductor
from .outcome import Outcome, Run
from .planted import PLANTED


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m test.chaos", description=__doc__)
    parser.add_argument("--orders", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, help="that of a run to repeat; by default any")
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--planted", choices=PLANTED, default="", help="give the bot this bug")
    parser.add_argument("--folder", type=Path, help="where the evidence is kept (default soak/SEED)")
    arguments = parser.parse_args()
    console = Console()
    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    run = Run(seed, arguments.orders, arguments.kills, arguments.planted, arguments.nodes)
    folder = (arguments.folder or Path("soak") / str(seed)).resolve()
    if folder.exists():
        console.print(f"{folder} holds an earlier run: move it away, or name another with --folder")
        return 2
    console.print(f"seed {seed}, {run.orders} orders, {run.kills} kills; evidence in {folder}")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("kills {task.fields[kills]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("orders", total=run.orders, kills=0)
        outcome = Conductor(
            run, folder, lambda so_far: progress.update(bar, completed=so_far.asked, kills=so_far.kills)
        ).conduct()
    show(console, run, outcome)
    if not outcome.is_good:
        again = f"make soak SEED={seed} ORDERS={run.orders} KILLS={run.kills}"
        console.print(f"failed; the evidence is in {folder}, and to run it again: {again}", soft_wrap=True)
    return 0 if outcome.is_good else 1


def show(console: Console, run: Run, outcome: Outcome) -> None:
    """Print what happened and how it was judged."""
    table = Table(title=f"seed {run.seed}")
    table.add_column("what")
    table.add_column("times", justify="right")
    table.add_row("orders asked for", str(outcome.asked))
    table.add_row("kill -9", str(outcome.kills))
    for when, times in sorted(outcome.deaths.items()):
        table.add_row(f"    {when}", str(times))
    for number, times in sorted(outcome.outages.items()):
        table.add_row(f"node {number} was down", str(times))
    for kind, times in sorted(outcome.faults.items()):
        table.add_row(f"fault {kind}", str(times))
    for way, times in outcome.transactions.items():
        table.add_row(f"transactions {way}", str(times))
    table.add_row("reads by RPC that were delayed", str(outcome.rpc_reads))
    console.print(table)
    for complaint in outcome.complaints:
        console.print(complaint, soft_wrap=True, markup=False)
    console.print(outcome.verdict, soft_wrap=True, markup=False)


if __name__ == "__main__":
    sys.exit(main())
