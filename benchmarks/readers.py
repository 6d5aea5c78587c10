"""What readers ask, as wholesaler_reader: pages touched and milliseconds."""

# ruff: noqa: S608 - our own names, and keys read from marts
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.bench import FIRST_DAY, Bench
from benchmarks.goals import Goal, Step, rounded

PAGES_GOAL = Goal(200, "pages")
TREND_DAYS = 30

# the best lead, and the lead in the middle of them all
SUBJECTS = """
    select
        best.county_fips,
        best.parcel_id_normalized as parcel,
        middle.latitude,
        middle.longitude
    from (select * from marts.leads order by total_score desc, parcel_id_normalized limit 1) as best
    cross join (
        select
            leads.latitude,
            leads.longitude
        from marts.leads
        cross join (
            select
                percentile_cont(0.5) within group (order by latitude) as latitude,
                percentile_cont(0.5) within group (order by longitude) as longitude
            from marts.leads
        ) as median
        where leads.latitude is not null
        order by
            abs(leads.latitude - median.latitude) + abs(leads.longitude - median.longitude),
            leads.parcel_id_normalized
        limit 1
    ) as middle
"""
# a table or view of marts that tells scores or leads per tier and day, whatever it is called
TIER_TREND = """
    select min(attrelid::regclass::text)
    from pg_attribute
    where
        attname in ('tier', 'score_date', 'snapshot_date', 'as_of_date')
        and attrelid in (
            select oid from pg_class
            where relnamespace = 'marts'::regnamespace and relkind in ('r', 'm', 'v')
        )
        and attrelid not in (
            select attrelid from pg_attribute where attname = 'parcel_id_normalized'
        )
    group by attrelid
    having count(*) = 2
    limit 1
"""


@dataclass
class Question:
    """A query, and the table that it would scan whole without an index."""

    name: str
    query: str
    table: str


def questions(connection: psycopg.Connection) -> list[Question]:
    """The questions of docs/questions.md that people ask most, about leads that exist."""
    found = connection.execute(SUBJECTS).fetchone()
    county, parcel, latitude, longitude = found  # type: ignore[misc]
    tier_trend = connection.execute(TIER_TREND).fetchone()
    asked = [
        Question("top 50 leads", "select * from marts.leads_matching(max_rows => 50)", "leads"),
        Question("tier counts", "select * from marts.dashboard_tier_counts", "lead_scores"),
        Question(
            "one property",
            f"select * from marts.property_by_parcel('{county}', '{parcel}')",
            "properties",
        ),
        Question(
            "leads within 1 mile of a point",
            f"select * from marts.leads_near({latitude}, {longitude}, 1)",
            "leads",
        ),
        Question(
            "upcoming sales",
            f"select * from marts.upcoming_sales(30, '{FIRST_DAY}')",
            "foreclosures",
        ),
        Question(
            "upcoming sales of leads", "select * from marts.dashboard_upcoming_sales", "leads"
        ),
        Question(
            "30-day trend of one property",
            f"select * from marts.lead_score_daily where county_fips = '{county}' "
            f"and parcel_id_normalized = '{parcel}' "
            f"and score_date > date '{FIRST_DAY}' - {TREND_DAYS}",
            "lead_score_history",
        ),
    ]
    if tier_trend:
        query = f"select * from {tier_trend[0]}"
        asked.append(Question("30-day trend of the tiers", query, "lead_score_history"))
    return asked


def explain(connection: psycopg.Connection, query: str) -> dict[str, Any]:
    """Pages (hit and read) and milliseconds of a query's second run: the first fills caches."""
    statement = f"explain (analyze, buffers, format json) {query}"
    for _ in range(2):
        ((plan,),) = connection.execute(statement).fetchone()  # type: ignore[arg-type, misc]
    top = plan["Plan"]
    return {
        "pages": top["Shared Hit Blocks"] + top["Shared Read Blocks"],
        "milliseconds": rounded(plan["Execution Time"], 2),
        "rows": top["Actual Rows"],
    }


def readers(bench: Bench) -> None:
    """Ask each question; the step holds the one that touches most pages."""
    found = []
    with (
        bench.doing("reader queries"),
        bench.connect() as owner,
        bench.connect("wholesaler_reader") as reader,
    ):
        for question in questions(owner):
            scan = owner.execute(
                "select relpages from pg_class where oid = ('marts.' || %s)::regclass",
                [question.table],
            ).fetchone()
            found.append(
                {
                    "question": question.name,
                    "query": question.query,
                    **explain(reader, question.query),
                    "table": question.table,
                    "table_pages": scan[0],  # type: ignore[index]
                }
            )
    most = max(found, key=lambda question: question["pages"])
    step = Step("reader queries, the most pages of one", floor=most["question"])
    step.value, step.goal = most["pages"], PAGES_GOAL
    bench.add(step)
    bench.facts["readers"] = found
