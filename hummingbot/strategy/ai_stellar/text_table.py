"""Plain text tables."""

from collections.abc import Sequence

__all__ = ["table"]


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Return the lines of a table with aligned columns; numbers-only columns to the right."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    right = [
        bool(rows) and all(row[column][:1] in "+-0123456789" for row in cells[1:] if row[column])
        for column in range(len(header))
    ]
    lines = [f"  {title}:"]
    for row in cells:
        line = "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        lines.append(f"    {line}".rstrip())
    return [*lines, ""]
