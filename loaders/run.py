"""Load one source of one county: read it completely, land what changed, log the run."""

import time
import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine

from loaders.arcgis import ArcgisReader
from loaders.database import connect, engine
from loaders.delta import Delta
from loaders.encoding import encode_ahead
from loaders.errors import IncompleteRead, LoaderError
from loaders.landing import ChangedRows, land
from loaders.progress import Progress, Silent
from loaders.reading import Reader
from loaders.records import RecordEncoder
from loaders.registry import Source, load_registry, save_registry
from loaders.runs import (
    RunResult,
    close_run,
    landing_turn,
    last_full_read,
    lock_source,
    open_run,
    root_cause,
    sweep_dead_runs,
)
from loaders.settings import Settings, load_settings
from loaders.socrata import SocrataReader

CHANGED_AT = ":updated_at"
FULL_READ_EVERY = timedelta(days=7)  # an incremental read never sees deleted rows


def register(
    settings: Settings, county_fips: str | None = None, source_types: list[str] | None = None
) -> list[tuple[str, str, Source]]:
    """Copy the registry to the database; return what is selected, as Registry.select does."""
    registry = load_registry()
    selected = registry.select(county_fips, source_types)
    database = engine(settings)
    try:
        with connect(database) as connection, connection.begin():
            save_registry(connection, registry)
    finally:
        database.dispose()
    return selected


def load_source(
    county_fips: str,
    source: str,
    *,
    full: bool = False,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> RunResult:
    """Load one source of one county into `raw` and log the run in `ops.ingestion_runs`.

    Loading again is safe at any time, also after a run was killed: only differences are written.

    Args:
        county_fips: a county of the registry.
        source: a source type of that county, for example "tax_sales".
        full: read everything, also where only changes would be asked for.
        progress: is told about records and steps.
        settings: default from the environment.

    Raises:
        AlreadyRunning: another process loads this source; no run is logged.
        LoaderError, and whatever else went wrong: after the run was logged as a failure.
    """
    settings = settings or load_settings()
    entry = load_registry().source(county_fips, source)
    database = engine(settings)
    try:
        with connect(database).execution_options(isolation_level="AUTOCOMMIT") as session:
            session.detach()  # closed afterwards, not pooled: that drops locks and temporary tables
            lock_source(session, county_fips, source)
            sweep_dead_runs(database, county_fips, source)
            return _Load(database, session, settings, county_fips, source, entry, progress).run(
                full
            )
    finally:
        database.dispose()


class _Load:
    def __init__(
        self,
        database: Engine,
        session: Connection,
        settings: Settings,
        county_fips: str,
        source_type: str,
        source: Source,
        progress: Progress | None,
    ) -> None:
        self._database = database
        self._session = session
        self._settings = settings
        self._source = source
        self._progress = progress or Silent()
        self._run = RunResult(
            run_id=uuid.uuid4().hex,
            county_fips=county_fips,
            source_type=source_type,
            refresh_mode="full",
        )

    def run(self, full: bool) -> RunResult:
        run, started = self._run, time.monotonic()
        full = full or self._source.refresh_mode == "full" or self._full_read_is_due()
        run.refresh_mode = "full" if full else "incremental"
        open_run(self._database, run)
        try:
            self._load(full)
            run.status = "partial" if run.records_rejected else "success"
            close_run(self._database, run)
        except BaseException as error:
            run.status = "failure"
            close_run(self._database, run, error)
            cause = root_cause(error)
            if isinstance(cause, LoaderError) and cause is not error:
                raise cause from error
            raise
        finally:
            run.seconds = time.monotonic() - started
        return run

    def _full_read_is_due(self) -> bool:
        last = last_full_read(self._database, self._run.county_fips, self._run.source_type)
        return last is None or datetime.now(UTC) - last >= FULL_READ_EVERY

    def _load(self, full: bool) -> None:
        run = self._run
        self._progress.step("comparing")
        connection = self._session.connection.dbapi_connection
        delta = Delta(connection, run.county_fips, run.source_type)
        reader = self._reader(delta, full)
        run.records_announced = reader.count()
        self._progress.begin(run.records_announced)
        with ChangedRows(self._settings, run.county_fips, run.source_type, run.run_id) as rows:
            self._read(reader, delta, rows)
            run.records_announced = reader.position.announced
            run.records_rejected = delta.rejected
            run.exact_duplicates = delta.exact_duplicates()
            delta.save_rejections(run.run_id)
            if rows.files:
                self._progress.step("landing")
                self._land(delta, rows)
        self._progress.step("done")

    def _read(self, reader: Reader, delta: Delta, rows: ChangedRows) -> None:
        """Read the source to its end and write what differs from the current versions."""
        run = self._run
        is_full = run.refresh_mode == "full"
        for page in encode_ahead(reader.pages(), lambda: self._encoder(reader)):
            delta.reject(page.rejections)
            rows.add_versions(delta.new_versions(page.versions))
            run.records_processed += page.records
            self._progress.advance(page.records)
        if is_full and delta.has_current_versions and not run.records_processed:
            raise IncompleteRead(
                "The source is empty although records of it are current here. An empty answer is "
                "taken for an error: nothing was retired. Look at the source, then load it again."
            )
        for versions in delta.undecided():
            rows.add_versions(versions)
        for retirements in delta.retirements(only_seen_keys=not is_full):
            rows.add_retirements(retirements)
        rows.close()

    def _encoder(self, reader: Reader) -> RecordEncoder:
        """To be called once a page was read: only then is the spelling of the object id known."""
        is_arcgis = self._source.kind == "arcgis"
        return RecordEncoder(
            self._run.county_fips,
            self._source.key_fields,
            {*reader.volatile_fields, *self._source.volatile_fields},
            listed_in="features" if is_arcgis else None,
            nested_in="attributes" if is_arcgis else None,
        )

    def _land(self, delta: Delta, rows: ChangedRows) -> None:
        """Merge the difference into the raw table, all of it or nothing, and count it."""
        run = self._run
        with landing_turn(self._session, run.source_type):
            run.load_ids = land(self._settings, run.county_fips, run.source_type, rows.files)
        delta.analyze()
        counts = delta.counts(run.run_id)
        run.records_inserted = counts.inserted
        run.records_updated = counts.updated
        run.records_vanished = counts.vanished

    def _reader(self, delta: Delta, full: bool) -> Reader:
        if self._source.kind == "arcgis":
            return ArcgisReader(self._source, self._settings)
        # From the landed rows, not from dlt's state: it cannot run ahead of the data and needs no
        # working folder. Rows in which nothing but this field changed are read again, unharmed.
        since = None if full or not delta.has_current_versions else delta.highest(CHANGED_AT)
        self._run.refresh_mode = "incremental" if since else "full"
        return SocrataReader(self._source, self._settings, since)
