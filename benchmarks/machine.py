"""The machine a result was measured on: no name, no paths."""

import os
import platform
from pathlib import Path
from typing import Any

import psycopg

CALM_LOAD = 1.5


def describe(connection: psycopg.Connection) -> dict[str, Any]:
    """Cores, memory in GiB, model of the processor, versions of the server."""
    server, postgis = connection.execute(
        "select current_setting('server_version'), postgis_lib_version()"
    ).fetchone()  # type: ignore[misc]
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "cpu": _cpu_model(),
        "postgresql": server.split()[0],
        "postgis": postgis,
        "python": platform.python_version(),
    }


def load_average() -> float:
    """Processes that wanted to run, averaged over the last minute."""
    return round(os.getloadavg()[0], 1)


def other_databases_in_use(connection: psycopg.Connection) -> list[str]:
    """Databases of the server that somebody else is connected to: their WAL and work count too."""
    query = """
        select distinct datname from pg_stat_activity
        where backend_type = 'client backend' and datname <> current_database()
        order by datname
    """
    return [name for (name,) in connection.execute(query)]


def _cpu_model() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()
