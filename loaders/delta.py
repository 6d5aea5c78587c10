"""Which versions a load adds and which it retires, decided inside the database.

Only what changed is staged, so that WAL and time follow the changes and not the size of the source.
What was seen is kept in temporary tables: no WAL, and the memory of this process stays flat.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection, Cursor
from psycopg.sql import SQL, Composable, Identifier, Literal

from loaders.records import Rejection, Version

FETCH_BATCH = 5_000
SEEN_BATCH = 20_000  # a COPY for each page would mostly wait for the server
TEMPORARY_TABLES = """
    create temporary table seen_versions (payload_hash uuid, source_key text, is_new boolean);
    create temporary table possible_duplicates (payload_hash uuid, source_key text, payload bytea);
    create temporary table retired_versions (payload_hash text, source_key text);
    create temporary table rejections (
        source_key text, reason text, record bytea, record_hash text
    );
"""

# Of several records with one key perhaps only one was sent. Which version it replaces shows at the
# next full read; until then all of them stay.
REPLACED_KEYS = """
    landed.source_key in (
        select seen.source_key
        from (
            select source_key, count(distinct payload_hash) as versions
            from seen_versions
            group by source_key
        ) as seen
        inner join (
            select source_key, count(*) as versions
            from {raw}
            where county_fips = {county} and _dlt_valid_to is null
            group by source_key
        ) as current on seen.source_key = current.source_key
        where current.versions <= seen.versions
    )
"""


@dataclass(frozen=True)
class Counts:
    """Source keys a load changed: new ones, known ones with a new version, ones that are gone."""

    inserted: int
    updated: int
    vanished: int


class Delta:
    """Compares one read of a source with the current versions of that county and source.

    Args:
        connection: a session of its own in autocommit mode, closed after the load.
        county_fips, source_type: whose versions to compare.
    """

    def __init__(self, connection: Connection, county_fips: str, source_type: str) -> None:
        self._connection = connection
        self._county_fips = county_fips
        self._source_type = source_type
        self._names = {"raw": Identifier("raw", source_type), "county": Literal(county_fips)}
        self._possibly_seen = _PossiblySeen()
        self._seen: list[tuple[str, str, bool]] = []  # these two are not yet saved
        self._aside: list[tuple[str, str, bytes]] = []
        self._received = 0
        self.rejected = 0
        with connection.transaction():
            # a merge whose client was killed may still be running: let it end before comparing
            self._execute("lock table {raw} in share mode")
        self._execute(TEMPORARY_TABLES)
        self.has_current_versions: bool = self._value(
            """
            select exists (
                select from {raw} where county_fips = {county} and _dlt_valid_to is null
            )
            """
        )

    def highest(self, field: str) -> str | None:
        """The highest text in a top-level payload field of all versions ever landed."""
        return self._value(
            "select max(payload ->> %s) from {raw} where county_fips = {county}", [field]
        )

    def new_versions(self, versions: Sequence[Version]) -> list[Version]:
        """Those of a page that are certainly neither current nor seen before in this load.

        The few that may have been seen are put aside for `undecided`: an exact look-up of each
        would cost more than all the rest of the load.
        """
        self._received += len(versions)
        page = {payload_hash: (key, payload) for key, payload, payload_hash in versions}
        unknown = self._not_current(page) if self.has_current_versions else set(page)
        new = []
        for payload_hash, (key, payload) in page.items():
            is_new = payload_hash in unknown
            if is_new and self._possibly_seen.add(payload_hash):
                self._aside.append((payload_hash, key, payload))
                continue
            self._seen.append((payload_hash, key, is_new))
            if is_new:
                new.append((key, payload, payload_hash))
        if len(self._seen) + len(self._aside) >= SEEN_BATCH:
            self._save_seen()
        return new

    def undecided(self) -> Iterator[list[Version]]:
        """After the last page: what was put aside and turned out to be new."""
        self._save_seen()
        self._execute("analyze seen_versions")
        query = """
            select distinct on (aside.payload_hash)
                aside.source_key, aside.payload, replace(aside.payload_hash::text, '-', '')
            from possible_duplicates as aside
            where not exists (
                select from seen_versions as seen where seen.payload_hash = aside.payload_hash
            )
        """
        yield from self._batches(query)
        self._execute(
            """
            insert into seen_versions (payload_hash, source_key, is_new)
            select payload_hash, source_key, true from possible_duplicates
            """
        )

    def retirements(self, *, only_seen_keys: bool) -> Iterator[list[tuple[str, str]]]:
        """(payload hash, source key) of current versions that the read no longer contains.

        Args:
            only_seen_keys: the read was incremental; what it left out is unchanged, not gone.
        """
        if not self.has_current_versions:
            return
        condition = SQL("true")
        if only_seen_keys:
            condition = SQL(REPLACED_KEYS).format(**self._names)
        self._execute(
            """
            insert into retired_versions (payload_hash, source_key)
            select landed.payload_hash, landed.source_key
            from {raw} as landed
            where
                landed.county_fips = {county}
                and landed._dlt_valid_to is null
                and not exists (
                    select from seen_versions as seen
                    where seen.payload_hash = landed.payload_hash::uuid
                )
                and {condition}
            """,
            condition=condition,
        )
        yield from self._batches("select payload_hash, source_key from retired_versions")

    def reject(self, rejections: Sequence[Rejection]) -> None:
        """Remember records that jsonb cannot hold as sent, or that have no key."""
        self.rejected += len(rejections)
        rows = [(r.source_key, r.reason, r.record, r.record_hash) for r in rejections]
        self._copy("rejections", rows)

    def save_rejections(self, run_id: str) -> None:
        """Keep them for good; a record already kept is not kept twice."""
        self._execute(
            """
            insert into raw.rejected_records (
                county_fips, source_type, source_key, reason,
                record, record_hash, run_id, fetched_at
            )
            select {county}, %s, source_key, reason, record, record_hash, %s, now() from rejections
            on conflict do nothing
            """,
            [self._source_type, run_id],
        )

    def exact_duplicates(self) -> int:
        """Records equal to another of the same read in all but volatile fields; landed once."""
        return self._received - self._value(
            "select count(distinct payload_hash) from seen_versions"
        )

    def analyze(self) -> None:
        """Statistics for who reads next: without them dbt's joins on a new table never end, and
        autovacuum comes up to a minute later."""
        self._execute("analyze {raw}")

    def counts(self, run_id: str) -> Counts:
        """What the load changed, by source key; call it once the load is merged."""
        if not self.has_current_versions:
            inserted = self._value("select count(distinct source_key) from seen_versions")
            return Counts(inserted, updated=0, vanished=0)
        self._execute(
            """
            create temporary table changed_keys as
            select source_key, false as was_known from seen_versions where is_new
            union all
            select source_key, true as was_known from retired_versions;
            analyze changed_keys
            """
        )
        row = self._execute(
            """
            with changed as (
                select source_key, bool_or(was_known) as was_known
                from changed_keys
                group by source_key
            ),

            landed as (
                select
                    source_key,
                    bool_or(run_id = %(run_id)s) as has_new_version,
                    bool_or(run_id != %(run_id)s) as has_kept_version
                from {raw}
                where
                    county_fips = {county}
                    and _dlt_valid_to is null
                    and source_key in (select source_key from changed)
                group by source_key
            )

            select
                count(*) filter (where has_new_version and not (was_known or has_kept_version)),
                count(*) filter (where has_new_version and (was_known or has_kept_version)),
                count(*) filter (where landed.source_key is null)
            from changed
            left join landed on changed.source_key = landed.source_key
            """,
            {"run_id": run_id},
        ).fetchone()
        return Counts(*row)

    def _save_seen(self) -> None:
        self._copy("seen_versions", self._seen)
        self._seen.clear()
        self._copy("possible_duplicates", self._aside)
        self._aside.clear()

    def _not_current(self, payload_hashes: Iterable[str]) -> set[str]:
        rows = self._execute(
            """
            select page.payload_hash
            from unnest(%s::text[]) as page (payload_hash)
            where not exists (
                select from {raw} as landed
                where landed.payload_hash = page.payload_hash and landed._dlt_valid_to is null
            )
            """,
            [list(payload_hashes)],
        )
        return {payload_hash for (payload_hash,) in rows}

    def _copy(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        with self._connection.cursor() as cursor:
            copy_in = SQL("copy {} from stdin").format(Identifier(table))
            with cursor.copy(copy_in) as copy:
                for row in rows:
                    copy.write_row(row)

    def _batches(self, query: LiteralString) -> Iterator[list[tuple[Any, ...]]]:
        with self._connection.transaction(), self._connection.cursor("batches") as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(FETCH_BATCH):
                yield rows

    def _execute(
        self, statement: LiteralString, values: Any = None, **parts: Composable
    ) -> Cursor[Any]:
        return self._connection.execute(SQL(statement).format(**self._names, **parts), values)

    def _value(self, statement: LiteralString, values: Any = None) -> Any:
        return self._execute(statement, values).fetchone()[0]


class _PossiblySeen:
    """A set that may say yes wrongly but never no: 16 MB, whatever the number of hashes.

    At 500,000 hashes one in 540 is a wrong yes.
    """

    HEX_DIGITS = 7  # 28 bits of the hash, one of which is not used

    def __init__(self) -> None:
        self._bits = bytearray(2**24)

    def add(self, payload_hash: str) -> bool:
        """Remember a hash; True if it, or another with the same first digits, came before."""
        position = int(payload_hash[: self.HEX_DIGITS], 16) >> 1
        byte, bit = position >> 3, 1 << (position & 7)
        seen = bool(self._bits[byte] & bit)
        self._bits[byte] |= bit
        return seen
