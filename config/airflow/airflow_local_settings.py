"""Airflow imports this at the start: services that fork tasks import dbt once, not per task."""

import sys

if any(service in sys.argv[1:3] for service in ("scheduler", "worker")):
    import cosmos.operators.watcher  # noqa: F401
    import dbt.adapters.postgres
    import dbt.cli.main  # noqa: F401
