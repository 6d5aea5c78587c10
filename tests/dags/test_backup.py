"""A backup holds everything: restored, each table has the same rows and the same rights."""

import os
import subprocess
from pathlib import Path

from tests.dags.conftest import DagRun
from tests.warehouse.conftest import ROOT, Warehouse

TABLES = """
    select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
    where schemaname in ('raw', 'ops', 'seeds', 'marts', 'snapshots', 'intermediate')
    order by 1
"""
RIGHTS = """
    select n.nspname || '.' || c.relname as relation, c.relowner::regrole::text as owner,
        c.relacl::text as rights
    from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('raw', 'ops', 'seeds', 'marts', 'snapshots', 'staging', 'quality')
    order by 1
"""


def checksums(marts: Warehouse) -> dict[str, tuple[int, str]]:
    found = {}
    for table in marts.rows(TABLES):
        (row,) = marts.rows(
            "select count(*) as rows, md5(string_agg(t::text, '|' order by t::text)) as sum"
            f" from {table['name']} as t"
        )
        found[table["name"]] = (row["rows"], row["sum"])
    return found


def test_restored_is_what_was_saved(scoring: DagRun, marts: Warehouse, tmp_path: Path) -> None:
    assert scoring.state == "success"
    copy = Warehouse(f"{marts.database}_copy")
    saved = tmp_path / "saved.dump"
    environment = os.environ | {"PGDATABASE": marts.database}
    subprocess.run(["bin/backup", saved], cwd=ROOT, env=environment, check=True)
    assert saved.stat().st_mode & 0o777 == 0o600
    try:
        command = ["bin/backup", "restore", saved, copy.database]
        subprocess.run(command, cwd=ROOT, check=True)
        before = checksums(marts)
        assert sum(rows for rows, _ in before.values()) > 1000
        assert checksums(copy) == before
        assert copy.rows(RIGHTS) == marts.rows(RIGHTS)
    finally:
        subprocess.run(["bin/database", "drop", copy.database], cwd=ROOT, check=True)
