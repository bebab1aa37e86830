"""What a benchmark found: tables, as text for people and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title; all rows have the same columns."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)

    def add(self, *cells: Cell) -> None:
        """Adds a row; None is a cell without meaning."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{len(cells)} cells for {len(self.columns)} columns")
        self.rows.append(cells)

    def text(self) -> str:
        """Columns side by side, numbers at the right."""
        lines = [self.columns, *(tuple(map(_written, row)) for row in self.rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        numeric = [any(isinstance(row[place], int | float) for row in self.rows) for place in range(len(self.columns))]
        shown = []
        for line in lines:
            cells = zip(line, widths, numeric, strict=True)
            shown.append("  ".join(c.rjust(width) if right else c.ljust(width) for c, width, right in cells).rstrip())
        shown.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([self.title, *shown])


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one benchmark.

    Attributes:
        name: of the benchmark.
        machine: its size, and versions.
        tables: what was measured.
        notes: how, and what is to be kept in mind.
    """

    name: str
    machine: dict[str, str]
    tables: list[Table]
    notes: list[str]

    def text(self) -> str:
        """For people."""
        facts = ", ".join(f"{name} {fact}" for name, fact in self.machine.items())
        notes = "\n".join(f"- {note}" for note in self.notes)
        return "\n\n".join([f"Benchmark {self.name} ({facts})", *(table.text() for table in self.tables), notes])

    def json(self) -> str:
        """For programs; each row is an object with the columns' names as its members."""
        tables = [
            {
                "title": table.title,
                "rows": [dict(zip(table.columns, map(_rounded, row), strict=True)) for row in table.rows],
            }
            for table in self.tables
        ]
        found = {"benchmark": self.name, "machine": self.machine, "tables": tables, "notes": self.notes}
        return json.dumps(found, indent=2, ensure_ascii=False)


def _rounded(cell: Cell) -> Cell:
    return float(f"{cell:.4g}") if isinstance(cell, float) else cell


def _written(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.3g}" if abs(cell) < 10 else f"{cell:.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell
