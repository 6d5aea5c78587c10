"""The run date inside Airflow: a run's own parameter, what the run before handed on, or today."""

import os
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

COUNTY_TIME = "America/New_York"


def given_run_date(params: dict[str, Any], triggering_asset_events: Any = None) -> str | None:
    """The date somebody asked for, YYYY-MM-DD: this run's `as_of`, or that of the run before it.

    Args:
        triggering_asset_events: asset events by asset; None for a run started by hand.
    """
    if params.get("as_of"):
        return params["as_of"]
    events = [event for group in (triggering_asset_events or {}).values() for event in group]
    return next((e.extra["as_of"] for e in reversed(events) if e.extra.get("as_of")), None)


def dbt_as_of(params: dict[str, Any], triggering_asset_events: Any = None) -> str:
    """AS_OF for dbt; empty means today where the county is."""
    return given_run_date(params, triggering_asset_events) or os.environ.get("AS_OF", "")


def run_date(params: dict[str, Any], triggering_asset_events: Any = None) -> date:
    """The date a run is about."""
    day = dbt_as_of(params, triggering_asset_events)
    return date.fromisoformat(day) if day else datetime.now(ZoneInfo(COUNTY_TIME)).date()
