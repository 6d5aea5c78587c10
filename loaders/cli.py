"""The command line: `python -m loaders load | check | status | leads | health | prune`."""

import logging
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.exc import ProgrammingError

from loaders.errors import LoaderError

if TYPE_CHECKING:
    from loaders.runs import RunResult

app = typer.Typer(
    help="Fetch public county records, land them in PostgreSQL, and look at the outcome.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
LOG_WIDTH = 110  # in a log file nothing else limits a table
out = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
err = Console(stderr=True)

CountyOption = Annotated[
    str | None,
    typer.Option("--county", metavar="FIPS", help="Only this county, by FIPS code. Default: all."),
]
SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only this source; may be given several times."),
]


@app.command()
def load(
    source: SourceOption = None,
    county: CountyOption = None,
    full: Annotated[
        bool,
        typer.Option("--full", help="Read everything, also where only changes would be asked for."),
    ] = False,
) -> None:
    """Load sources into the raw schema: only what changed is written.

    Safe to repeat, also after a failure or an interruption. A failing source does not stop the
    others; the exit code is then 1. With SANDBOX_URL set, that server is asked, not the county.
    """
    # imported here: dlt takes seconds, and --help should not wait for it
    from loaders.display import load_display
    from loaders.run import load_source, register
    from loaders.settings import load_settings

    settings = load_settings()
    selected = register(settings, county, source)
    results, failures = [], {}
    with load_display(out) as display:
        lines = [(fips, name, display.source(name)) for fips, name, _ in selected]
        for fips, name, progress in lines:
            try:
                results.append(
                    load_source(fips, name, full=full, progress=progress, settings=settings)
                )
            except (KeyboardInterrupt, Exception) as error:
                if _was_interrupted(error):
                    err.print("Interrupted. Nothing half-loaded is left; load again when you like.")
                    raise typer.Exit(130) from None
                progress.step("failed")
                failures[fips, name] = error
    _print_results(results, failures)
    if failures:
        raise typer.Exit(1)


def _was_interrupted(error: BaseException | None) -> bool:
    """Ctrl-C, also where what it broke off raised an error of its own."""
    while error and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _table(title: str, *headings: str, numbers: tuple[str, ...] = ()) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in numbers else "left")
    return table


def _print_results(results: "list[RunResult]", failures: dict[tuple[str, str], Exception]) -> None:
    numbers = ("records", "new", "changed", "vanished", "rejected", "seconds")
    table = _table("Loaded", "county", "source", "status", "read", *numbers, numbers=numbers)
    for run in results:
        table.add_row(
            run.county_fips,
            run.source_type,
            run.status,
            "all" if run.refresh_mode == "full" else "changes",
            f"{run.records_processed:,}",
            f"{run.records_inserted:,}",
            f"{run.records_updated:,}",
            f"{run.records_vanished:,}",
            f"{run.records_rejected:,}",
            f"{run.seconds:.1f}",
        )
    for fips, name in failures:
        table.add_row(fips, name, "[red]failure[/]")
    out.print(table)
    if results and not failures and not any(run.changed for run in results):
        out.print("Nothing changed since the last load; no row was written.")
    for (fips, name), error in failures.items():
        err.print(f"[red]{name} of county {fips} failed:[/] {escape(str(error))}", highlight=False)
    if failures:
        err.print(
            "What was loaded before is untouched. `python -m loaders check` shows what the sources "
            "answer; details of each run are in ops.ingestion_runs."
        )
    if any(run.records_rejected for run in results):
        out.print("Rejected records are kept in raw.rejected_records, with the reason.")


@app.command()
def check(source: SourceOption = None, county: CountyOption = None) -> None:
    """Ask every source for its fields and its count, and compare with what staging needs.

    Loads nothing. The exit code is 1 if a source does not answer or lacks fields.
    """
    from loaders.checks import ask_source
    from loaders.registry import load_registry
    from loaders.settings import load_settings

    settings = load_settings()
    table = _table(
        f"Sources, asked at {settings.sandbox_url}" if settings.sandbox_url else "Sources",
        *("county", "source", "kind", "records", "page", "fields"),
        numbers=("records", "page"),
    )
    good = True
    selected = load_registry().select(county, source)
    with out.status("asking the sources") as waiting:
        for fips, name, entry in selected:
            waiting.update(f"asking {name} of county {fips}")
            try:
                answer = ask_source(entry, settings)
            except LoaderError as error:
                good = False
                table.add_row(fips, name, entry.kind, "", "", f"[red]{escape(str(error))}[/]")
                continue
            fields = "complete"
            if answer.missing_fields:
                good = False
                fields = f"[red]missing: {escape(', '.join(answer.missing_fields))}[/]"
            row = (f"{answer.records:,}", f"{answer.page_size:,}", fields)
            table.add_row(fips, name, entry.kind, *row)
    out.print(table)
    if not good:
        err.print(
            "A source that lacks fields has changed: adapt its staging model and needed_fields in "
            "loaders/registry.yaml. One that does not answer: try again later."
        )
        raise typer.Exit(1)


@app.command()
def status(
    fail_if_stale: Annotated[
        bool,
        typer.Option("--fail-if-stale", help="Exit with 1 if a source is older than its limit."),
    ] = False,
) -> None:
    """Show the last run of each source and its age against the freshness limit."""
    from loaders.checks import source_statuses
    from loaders.database import engine
    from loaders.settings import load_settings

    statuses = source_statuses(engine(load_settings()))
    if not statuses:
        out.print("No source was ever loaded. `python -m loaders load` (or `make load`) does it.")
        raise typer.Exit(int(fail_if_stale))
    table = _table(
        "Last runs",
        *("county", "source", "last run", "started (UTC)", "records", "age", "limit", "freshness"),
        numbers=("records", "age", "limit"),
    )
    for s in statuses:
        table.add_row(
            s.county_fips,
            s.source_type,
            s.status or "never",
            f"{s.started_at:%Y-%m-%d %H:%M}" if s.started_at else "",
            f"{s.processed:,}" if s.processed is not None else "",
            f"{s.age_hours:.1f} h" if s.age_hours is not None else "never",
            f"{s.freshness_hours} h",
            "[red]stale[/]" if s.is_stale else "[green]fresh[/]",
        )
    out.print(table)
    for s in statuses:
        if s.error_message:
            out.print(f"{s.source_type}: {escape(s.error_message)}", highlight=False)
    if fail_if_stale and any(s.is_stale for s in statuses):
        raise typer.Exit(1)


@app.command()
def leads(
    top: Annotated[
        int, typer.Option("--top", min=1, help="How many of the best leads to list.")
    ] = 10,
) -> None:
    """Show how many leads each tier has, and the best ones with their reasons."""
    from loaders.checks import top_leads
    from loaders.database import TRANSFORMER_ROLE, engine
    from loaders.settings import load_settings

    tiers, best = top_leads(engine(load_settings(), TRANSFORMER_ROLE), top)
    if not best:
        out.print("marts.leads is empty: no property has a signal, or nothing was loaded.")
        return
    out.print("Leads per tier: " + ", ".join(f"{tier} {number:,}" for tier, number in tiers))
    table = _table(
        f"The best {len(best)} leads",
        *("address", "city", "score", "tier", "sale / auction", "reasons"),
        numbers=("score",),
    )
    for lead in best:
        place = " ".join(part for part in (lead.city, lead.zip_code) if part)
        dates = [str(date) for date in (lead.sale_date, lead.auction_date) if date]
        table.add_row(
            escape(lead.situs_address or f"parcel {lead.parcel_id_normalized}"),
            escape(place),
            f"{lead.total_score:g}",
            lead.tier,
            "\n".join(dates),
            escape("\n".join(lead.reasons or [])),
        )
    out.print(table)


@app.command()
def health() -> None:
    """Show whether the database answers and is prepared."""
    from loaders.checks import database_health
    from loaders.database import engine
    from loaders.settings import load_settings

    facts = database_health(engine(load_settings()))
    for name, fact in facts.items():
        out.print(f"{name}: {fact}", highlight=False)
    if any(fact.startswith("missing") for fact in facts.values()):
        raise typer.Exit(1)


@app.command()
def prune() -> None:
    """Delete retired versions and closed runs older than ETL_RETENTION_DAYS, never current rows."""
    from loaders.database import engine
    from loaders.retention import delete_expired
    from loaders.settings import load_settings

    settings = load_settings()
    deleted = delete_expired(engine(settings), settings.etl_retention_days)
    table = _table("Deleted", "table", "rows", numbers=("rows",))
    for name, rows in deleted.items():
        table.add_row(name, f"{rows:,}")
    out.print(table)


def main() -> None:
    """Entry point: errors made for people are shown without a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except LoaderError as error:
        err.print(f"[red]Error:[/] {escape(str(error))}", highlight=False)
        sys.exit(2)
    except ProgrammingError as error:
        err.print(
            f"[red]Error:[/] {escape(str(error.orig))}\nThe database is not prepared, or not for "
            "this user: `make up` brings it up to date.",
            highlight=False,
        )
        sys.exit(2)
