"""Judges a bot by the ledger: each order's fate, each fill, each stroop.

Three witnesses are heard: a Horizon node, Hummingbot's trade database, and the connector's journal. Nothing
of the connector is imported; results are read from their XDR here (`judgement/`). The ledger is right; every
sentence printed names an order or a transaction, what was told of it, and what the ledger shows.

    judge.py --horizon URL --database FILE --journal FILE [--opening FILE ...] [--reported FILE]
             [--details FILE]

`--opening` are Horizon's documents of the account and its channel accounts from before the bot began:
balances and sequence numbers are then counted on from them, as the node may have forgotten how they came
about. `--reported` holds the balances that the connector showed at the end, as JSON by asset name;
`--details` is written with each order's fate and fills, and how many transactions left through channels and
in fee bumps. An order that rests on the ledger is no disagreement unless someone says that it is over. It
exits with 0 if all agree, with 1 if not, with 2 if it could not judge.
"""

import argparse
import json
import sqlite3
import sys
from pathlib import Path

from judgement import CannotJudge
from judgement.database import Database
from judgement.horizon import Horizon
from judgement.journal import Journal
from judgement.verdict import Verdict


def main() -> int:
    parser = argparse.ArgumentParser(description="Judge a bot's records by the ledger.")
    parser.add_argument("--horizon", required=True, metavar="URL")
    parser.add_argument("--database", required=True, type=Path, metavar="FILE")
    parser.add_argument("--journal", required=True, type=Path, metavar="FILE")
    parser.add_argument("--opening", type=Path, metavar="FILE", nargs="+", default=[])
    parser.add_argument("--reported", type=Path, metavar="FILE")
    parser.add_argument("--details", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    try:
        openings = [json.loads(path.read_text()) for path in arguments.opening]
        reported = None if arguments.reported is None else json.loads(arguments.reported.read_text())
        journal, database = Journal(arguments.journal), Database(arguments.database)
        verdict = Verdict(Horizon(arguments.horizon), journal, database, openings, reported)
    except (CannotJudge, OSError, sqlite3.Error, ValueError, KeyError) as error:
        what = str(error) if isinstance(error, CannotJudge) else f"{type(error).__name__}: {error}"
        print(f"cannot judge: {what}", file=sys.stderr)
        return 2
    if arguments.details is not None:
        arguments.details.write_text(json.dumps(verdict.details()))
    for sentence in verdict.disagreements:
        print(sentence)
    print(verdict.summary())
    return 1 if verdict.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
