"""Lands the delta of one source with dlt: staged by COPY, merged in one transaction (scd2)."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import dlt
import pyarrow as pa
import pyarrow.csv

from loaders import PROJECT_DIR
from loaders.database import dlt_url
from loaders.records import Version
from loaders.settings import Settings

# A staged row without a payload retires the version of that hash; every other row is a new version.
# Both apply in one transaction, so a reader sees a load whole or not at all.
MERGE = {
    "disposition": "merge",
    "strategy": "scd2",
    "row_version_column_name": "payload_hash",
    "source_filter": "payload is not null",
    "destination_scope": (
        "payload_hash in (select payload_hash from {staging_table} where payload is null)"
    ),
}
COLUMNS = {
    "county_fips": {"data_type": "text", "nullable": False},
    "source_key": {"data_type": "text", "nullable": False},
    "payload": {"data_type": "json", "nullable": True},
    "payload_hash": {"data_type": "text", "nullable": False},
    "run_id": {"data_type": "text", "nullable": False},
    "fetched_at": {"data_type": "timestamp", "nullable": False},
}
SCHEMA = pa.schema(
    {name: pa.string() for name in COLUMNS} | {"fetched_at": pa.timestamp("us", tz="UTC")}
)
ROWS_PER_FILE = 50_000  # one file is one COPY; several are copied side by side


class ChangedRows:
    """The delta of one run as CSV files in the working folder.

    dlt takes finished files as they are; handing it arrow tables would write and read each row once
    more, as parquet. A context manager: files are gone afterwards, those of a dead run before.
    """

    def __init__(self, settings: Settings, county_fips: str, source_type: str, run_id: str) -> None:
        self._county_fips = county_fips
        self._run_id = run_id
        self._folder = working_folder(settings) / f"{county_fips}_{source_type}_rows"
        self._writer: pyarrow.csv.CSVWriter | None = None
        self.files: list[tuple[Path, int]] = []
        """Path and number of rows."""

    def __enter__(self) -> Self:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
        shutil.rmtree(self._folder)

    def close(self) -> None:
        """Finish the last file."""
        if self._writer:
            self._writer.close()
            self._writer = None

    def add_versions(self, versions: Sequence[Version]) -> None:
        if versions:
            self._write(*zip(*versions, strict=True))

    def add_retirements(self, retirements: Sequence[tuple[str, str]]) -> None:
        hashes, keys = zip(*retirements, strict=True)
        self._write(keys, [None] * len(keys), hashes)

    def _write(
        self, keys: Sequence[str], payloads: Sequence[bytes | None], hashes: Sequence[str]
    ) -> None:
        rows = len(keys)
        columns = [
            pa.repeat(self._county_fips, rows),
            pa.array(keys, pa.string()),
            pa.array(payloads, pa.string()),
            pa.array(hashes, pa.string()),
            pa.repeat(self._run_id, rows),
            pa.repeat(pa.scalar(datetime.now(UTC), SCHEMA.field("fetched_at").type), rows),
        ]
        if self._writer is None:
            path = self._folder / f"{len(self.files)}.csv"
            self._writer = pyarrow.csv.CSVWriter(path, SCHEMA)
            self.files.append((path, 0))
        self._writer.write_table(pa.table(columns, SCHEMA))
        path, written = self.files[-1]
        self.files[-1] = path, written + rows
        if written + rows >= ROWS_PER_FILE:
            self.close()


def working_folder(settings: Settings) -> Path:
    return PROJECT_DIR / ".local" / "dlt" / settings.pgdatabase


def land(
    settings: Settings, county_fips: str, source_type: str, files: Sequence[tuple[Path, int]]
) -> list[str]:
    """Stage the files and merge them into `raw`; the ids of dlt's load packages.

    dlt's own folder begins empty each time: what a dead run left there is not resumed but was read
    again, so a package that cannot be loaded never blocks the runs after it.
    """
    pipeline = dlt.pipeline(
        f"{county_fips}_{source_type}",
        pipelines_dir=str(working_folder(settings)),
        destination=dlt.destinations.postgres(dlt_url(settings)),
        dataset_name="raw",
    ).drop()
    imports = [
        dlt.mark.with_file_import(str(path), "csv", rows, hints=SCHEMA.empty_table())
        for path, rows in files
    ]
    resource = dlt.resource(
        imports,
        name=source_type,
        write_disposition=MERGE,
        columns=COLUMNS,
        schema_contract={"columns": "freeze", "data_type": "freeze"},
    )
    pipeline.extract(resource)
    pipeline.normalize()
    return pipeline.load().loads_ids
