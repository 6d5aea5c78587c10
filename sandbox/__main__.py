"""Command line: `python -m sandbox serve`."""

import socket
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
import uvicorn

from sandbox.app import County, create_app
from sandbox.county import CountyArguments, generate
from sandbox.recorded import BadRecording, read

FEWEST_PARCELS = 500

cli = typer.Typer(
    help="A local county that speaks ArcGIS REST and SODA, for demo, tests and benchmarks.",
    no_args_is_help=True,
    add_completion=False,
)


@cli.callback()
def main() -> None:
    """A local county that speaks ArcGIS REST and SODA, for demo, tests and benchmarks."""


class ReadyServer(uvicorn.Server):
    """Says where it listens as soon as it does."""

    def __init__(self, config: uvicorn.Config, url: str, port_file: Path | None) -> None:
        super().__init__(config)
        self._url, self._port_file = url, port_file

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"sandbox county ready at {self._url}", flush=True)
        if self._port_file:
            self._port_file.write_text(self._url)


@cli.command()
def serve(
    parcels: Annotated[int, typer.Option(min=FEWEST_PARCELS, help="Records on the roll.")] = 5000,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another county.")] = 42,
    day: Annotated[int, typer.Option(min=0, help="Days since --as-of that have passed.")] = 0,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Serve recorded answers (tax_sales.json, foreclosures.json, "
            "property_records.json, code_violations.json; a missing file is an empty layer).",
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 = any free port.")] = 8899,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Date of day 0 (default: today in New York)."),
    ] = None,
    port_file: Annotated[Path | None, typer.Option(help="Write the URL here when ready.")] = None,
    max_record_count: Annotated[
        int | None, typer.Option(min=1, help="Page limit of the ArcGIS layers (default: 1000).")
    ] = None,
    warm: Annotated[
        bool, typer.Option("--warm", help="Render every record before being ready (benchmarks).")
    ] = False,
) -> None:
    """Serve the county on 127.0.0.1 until stopped."""
    start = as_of.date() if as_of else datetime.now(ZoneInfo("America/New_York")).date()
    try:
        county = (
            _recorded(from_, day, start) if from_ else _generated(parcels, seed, day, start, warm)
        )
    except BadRecording as error:
        raise typer.BadParameter(str(error), param_hint="--from") from error
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        typer.echo(
            f"port {port} is taken ({error.strerror}); use --port 0 for a free one", err=True
        )
        raise typer.Exit(1) from error
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        create_app(county, max_record_count), log_level="critical", access_log=False
    )
    ReadyServer(config, url, port_file).run(sockets=[listener])


def _generated(parcels: int, seed: int, day: int, as_of: date, warm: bool) -> County:
    def at_day(number: int) -> dict:
        tables = generate(CountyArguments(parcels, seed, as_of, number))
        if warm:
            for table in tables.values():
                table.warm()
        return tables

    about = {"parcels": parcels, "seed": seed, "as_of": as_of.isoformat()}
    return County(about, at_day(day), at_day, day)


def _recorded(folder: Path, day: int, as_of: date) -> County:
    if day:
        raise typer.BadParameter("recorded answers have no days", param_hint="--day")
    tables = read(folder, as_of)
    about = {"parcels": len(tables["property_records"].ids), "seed": None}
    return County(about | {"as_of": as_of.isoformat()}, tables)


if __name__ == "__main__":
    cli(prog_name="python -m sandbox")
