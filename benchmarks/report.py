"""Results as tables: on the screen, and as the generated blocks of docs/benchmarks.md."""

import re
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from benchmarks.results import Result, growth

COLUMNS = (
    *("step", "seconds", "rows/s", "peak MB", "WAL MB"),
    *("floor", "floor s", "measured", "target", "met"),
)
READER_COLUMNS = ("question", "pages", "ms", "rows", "pages of the table")
LEFT_COLUMNS = ("step", "floor", "target", "met", "question", "node")
BLOCK = re.compile(r"<!-- bench (\d+) -->\n.*?<!-- end -->\n?", re.DOTALL)

Cells = tuple[str, ...]


def lines_of(results: dict[int, Result], size: int) -> list[Cells]:
    """The steps of a size, growth against a smaller size included, one row of COLUMNS each."""
    return [_cells(step) for step in [*results[size]["steps"], *growth(results, size)]]


def _cells(step: dict[str, Any]) -> Cells:
    measured = f"{_figure(step['value'])} {step['unit']}" if "value" in step else ""
    met = {True: "yes", False: "no", None: ""}[step.get("met")]
    return (
        step["name"],
        _figure(step.get("seconds")),
        f"{step['rows_per_second']:,}" if "rows_per_second" in step else "",
        _figure(step.get("peak_mb")),
        _figure(step.get("wal_mb")),
        step.get("floor", ""),
        _figure(step.get("floor_seconds")),
        measured,
        step.get("target", ""),
        met,
    )


def _figure(value: float | None) -> str:
    """Two decimals below ten, one below a hundred, none above: what a measurement can bear."""
    if value is None:
        return ""
    return f"{value:,.{2 if value < 10 else 1 if value < 100 else 0}f}"


def screen_tables(results: dict[int, Result], size: int) -> list[Table]:
    """The summary of a run: steps, and the reader queries one by one."""
    steps = _screen_table(f"{size:,} parcels", COLUMNS)
    for *cells, met in lines_of(results, size):
        steps.add_row(*cells, {"no": "[red]no[/]", "yes": "[green]yes[/]"}.get(met, met))
    questions = reader_lines(results[size])
    if not questions:
        return [steps]
    readers = _screen_table("reader queries", READER_COLUMNS)
    for cells in questions:
        readers.add_row(*cells)
    return [steps, readers]


def _screen_table(title: str, columns: Cells) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="left" if column in LEFT_COLUMNS else "right")
    return table


def reader_lines(result: Result) -> list[Cells]:
    """The reader queries of a run, one row of READER_COLUMNS each."""
    return [
        (
            question["question"],
            f"{question['pages']:,}",
            _figure(question["milliseconds"]),
            f"{question['rows']:,}",
            f"{question['table_pages']:,} ({question['table']})",
        )
        for question in result.get("readers", [])
    ]


def markdown_block(results: dict[int, Result], size: int) -> str:
    """Everything generated about one size, markers included."""
    result = results[size]
    machine = result["machine"]
    about = (
        f"Measured on {result['date']}: {machine['cores']} cores ({machine['cpu']}), "
        f"{machine['memory_gb']} GB, PostgreSQL {machine['postgresql']}, PostGIS "
        f"{machine['postgis']}; load average at the start {result['load_average']}."
    )
    parts = [
        f"### {size:,} parcels",
        about,
        markdown_table(COLUMNS, lines_of(results, size)),
    ]
    if questions := reader_lines(result):
        parts += [
            "Reader queries, beside the pages of the table that each would scan without an index:",
            markdown_table(READER_COLUMNS, questions),
        ]
    for kind in ("full", "daily"):
        if f"slowest_{kind}" not in result:
            continue
        nodes = [(n["node"], _figure(n["seconds"])) for n in result[f"slowest_{kind}"]]
        parts += [
            f"Slowest nodes of the {kind} build:",
            markdown_table(("node", "seconds"), nodes),
        ]
    body = "\n\n".join(parts)
    return f"<!-- bench {size} -->\n{body}\n<!-- end -->\n"


def markdown_table(columns: Cells, rows: list[Cells]) -> str:
    """A GitHub table, figures to the right."""
    lines = [columns, tuple("---" if name in LEFT_COLUMNS else "---:" for name in columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def replace_blocks(text: str, results: dict[int, Result]) -> str:
    """The text with one block per size: old ones replaced, new ones put in order of size."""
    for size in sorted(results):
        block = markdown_block(results, size)
        present = list(BLOCK.finditer(text))
        if same := next((found for found in present if int(found[1]) == size), None):
            text = text[: same.start()] + block + text[same.end() :]
        elif larger := next((found for found in present if int(found[1]) > size), None):
            text = f"{text[: larger.start()]}{block}\n{text[larger.start() :]}"
        else:
            place = present[-1].end() if present else len(text)
            text = f"{text[:place]}\n{block}{text[place:]}"
    return text


def write_markdown(path: Path, results: dict[int, Result]) -> None:
    """Renew the generated blocks; the words around them stay."""
    path.write_text(replace_blocks(path.read_text(), results))
