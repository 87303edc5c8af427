"""A self-contained HTML page about one run of the strategy: tables and plots that need no network."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from plotly.io import to_html

from .run_record import RunRecord

__all__ = ["Table", "write_report"]

NUMBER: Final = re.compile(r"[+−-]?[0-9.,]+(e[+-]?[0-9]+)?%?")
BUY, SELL, LINE, MUTED = "#1a9850", "#d73027", "#2c5aa0", "#999999"
UNLIMITED: Final = ("within all limits", "nothing proposed")
PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 2rem auto;
       padding: 0 1rem; color: #222; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.15rem; margin-top: 2.2rem; }}
.note {{ background: #fff6e0; border-left: 4px solid #e0a800; padding: .6rem 1rem; }}
table {{ border-collapse: collapse; margin: .6rem 0; }}
th, td {{ text-align: left; padding: .2rem .9rem .2rem 0; vertical-align: top;
         border-bottom: 1px solid #e4e4e4; }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
</style></head><body><h1>{title}</h1><p class="note">{note}</p>{body}</body></html>
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table of texts; the first row is its heading."""

    title: str
    rows: Sequence[Sequence[str]]
    caption: str = ""


def write_report(path: Path, title: str, note: str, record: RunRecord, tables: Sequence[Table]) -> None:
    """Write the page.

    Parameters
    ----------
    path : Path
        The file to write.
    title, note : str
        Heading, and what the reader must know before believing any figure.
    record : RunRecord
        What happened.
    tables : sequence of Table
        Shown in order: the first above the plots, the rest below.
    """
    figures = (
        ("Price and our fills", _price(record)),
        ("Equity beside buy-and-hold", _equity(record)),
        ("Forecasts against outcomes", _forecasts(record)),
        ("Verdicts of the gate, by reason", _verdicts(record)),
        ("Decision latency", _latency(record)),
    )
    parts = [_table(tables[0])]
    for number, (heading, figure) in enumerate(figures):
        figure.update_layout(
            template="plotly_white",
            height=380,
            margin={"l": 60, "r": 20, "t": 20, "b": 45},
            legend={"orientation": "h"},
        )
        plot = to_html(figure, full_html=False, include_plotlyjs=number == 0, config={"displaylogo": False})
        parts.append(f"<h2>{escape(heading)}</h2>{plot}")
    parts += [_table(table) for table in tables[1:]]
    path.write_text(
        PAGE.format(title=escape(title), note=escape(note), body="\n".join(parts)), encoding="utf-8"
    )


def _moments(times: Sequence[int]) -> list[datetime]:
    return [datetime.fromtimestamp(time, UTC) for time in times]


def _price(record: RunRecord) -> Any:
    figure = go.Figure()
    times = [decision.time for decision in record.decisions]
    figure.add_scatter(
        x=_moments(times), y=[d.mid for d in record.decisions], name="mid", line={"color": LINE, "width": 1.5}
    )
    for side, symbol, colour in (("buy", "triangle-up", BUY), ("sell", "triangle-down", SELL)):
        fills = [fill for fill in record.fills if fill.side == side]
        figure.add_scatter(
            x=_moments([fill.time for fill in fills]),
            y=[fill.price for fill in fills],
            mode="markers",
            name=f"our {side}s ({len(fills)})",
            marker={"symbol": symbol, "color": colour, "size": 9},
            customdata=[fill.amount for fill in fills],
            hovertemplate="%{customdata} at %{y}",
        )
    return figure.update_yaxes(title=f"price of {record.pair}").update_xaxes(title="ledger time")


def _equity(record: RunRecord) -> Any:
    figure = go.Figure()
    times = _moments([point.time for point in record.equity])
    figure.add_scatter(
        x=times, y=[point.value for point in record.equity], name="strategy", line={"color": LINE}
    )
    for name, colour, values in (
        ("buy and hold", MUTED, [point.buy_and_hold for point in record.equity]),
        ("starting balances untouched", "#e0a800", [point.untouched for point in record.equity]),
    ):
        figure.add_scatter(x=times, y=values, name=name, line={"color": colour, "dash": "dash"})
    return figure.update_yaxes(title=f"value in {record.quote}").update_xaxes(title="ledger time")


def _forecasts(record: RunRecord) -> Any:
    figure = go.Figure()
    pairs = [
        (d.expected_return * 1e4, d.realised_return * 1e4)
        for d in record.decisions
        if d.realised_return is not None
    ]
    forecast, outcome = np.array(pairs).T if pairs else (np.empty(0), np.empty(0))
    figure.add_scatter(
        x=forecast, y=outcome, mode="markers", name="one decision", marker={"color": LINE, "opacity": 0.6}
    )
    figure.add_hline(y=0, line={"color": MUTED, "width": 1})
    figure.add_vline(x=0, line={"color": MUTED, "width": 1})
    if len(forecast) > 2 and np.ptp(forecast) > 0:
        slope, start = np.polyfit(forecast, outcome, 1)
        ends = np.array([forecast.min(), forecast.max()])
        figure.add_scatter(
            x=ends,
            y=start + slope * ends,
            mode="lines",
            name=f"least squares, slope {slope:.2f}",
            line={"color": SELL},
        )
    figure.update_xaxes(title="forecast of the next hour's return (bp)")
    return figure.update_yaxes(title="what came (bp)")


def _verdicts(record: RunRecord) -> Any:
    counts = Counter(
        (decision.verdict, reason)
        for decision in record.decisions
        for reason in (decision.reasons or (UNLIMITED[decision.verdict == "hold"],))
    )
    figure = go.Figure()
    colours = {"approved": BUY, "reduced": "#e0a800", "rejected": SELL, "hold": MUTED}
    for verdict in sorted({verdict for verdict, _ in counts}):
        rows = sorted((reason, count) for (name, reason), count in counts.items() if name == verdict)
        figure.add_bar(
            y=[f"{verdict}: {reason}" for reason, _ in rows],
            x=[count for _, count in rows],
            name=verdict,
            orientation="h",
            marker={"color": colours.get(verdict, LINE)},
        )
    return figure.update_xaxes(title="decisions").update_yaxes(automargin=True)


def _latency(record: RunRecord) -> Any:
    microseconds = [decision.latency_us for decision in record.decisions]
    figure = go.Figure()
    figure.add_histogram(x=microseconds, nbinsx=60, name="decisions", marker={"color": LINE})
    if microseconds:
        median = float(np.median(microseconds))
        figure.add_vline(
            x=median, line={"color": SELL, "dash": "dash"}, annotation_text=f"median {median:.0f} µs"
        )
    return figure.update_xaxes(title="features, forecast and gate, one decision (µs)").update_yaxes(
        title="decisions"
    )


def _table(table: Table) -> str:
    heading, *rows = table.rows
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heading)
    body = "".join(
        "<tr>" + "".join(f"<td{_alignment(cell)}>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    caption = f"<p>{escape(table.caption)}</p>" if table.caption else ""
    return f"<h2>{escape(table.title)}</h2>{caption}<table><tr>{head}</tr>{body}</table>"


def _alignment(cell: str) -> str:
    return ' class="number"' if NUMBER.fullmatch(cell) else ""
