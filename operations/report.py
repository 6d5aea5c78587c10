"""The report of a day: leads per tier, what changed, sales to come, loads."""

from datetime import date

from sqlalchemy import Connection, Engine, text

from loaders.database import connect
from operations.channels import Channel
from operations.messages import Message, render

TIERS = text("select tier, count(*) as leads from marts.leads group by tier order by tier")

CHANGES = text(
    """
    select
        change_type,
        count(*) as changes,
        count(*) filter (where tier = 'A') as in_tier_a
    from marts.lead_changes
    where change_date = :day
    group by change_type
    order by count(*) desc, change_type
    """
)

SCHEDULED = text(
    """
    select
        situs_address,
        city,
        parcel_id_normalized,
        total_score,
        tier,
        sale_date,
        auction_date
    from marts.leads
    where tier in ('A', 'B') and least(sale_date, auction_date) between :day and :day + 7
    order by least(sale_date, auction_date), total_score desc, county_fips, parcel_id_normalized
    limit 20
    """
)

LOADS = text(
    """
    select distinct on (county_fips, source_type)
        source_type,
        status,
        records_inserted,
        records_updated,
        records_vanished,
        records_rejected,
        error_message
    from ops.ingestion_runs
    where started_at >= now() - interval '24 hours'
    order by county_fips, source_type, started_at desc
    """
)

CLAIM = text(
    """
    insert into ops.daily_reports (report_date, channel, sent_by)
    values (:day, :channel, :run_id)
    on conflict do nothing
    """
)


def daily_report(connection: Connection, day: date) -> Message:
    """What happened on a day, from the marts and the run log."""
    scheduled = connection.execute(SCHEDULED, {"day": day}).all()
    tiers = connection.execute(TIERS).all()
    return render(
        "daily_report",
        f"Leads on {day:%a %d %b %Y}: "
        + (", ".join(f"{row.leads:,} {row.tier}" for row in tiers) or "none"),
        tiers=tiers,
        changes=connection.execute(CHANGES, {"day": day}).all(),
        scheduled=scheduled,
        loads=connection.execute(LOADS).all(),
    )


def send_daily_report(channel: Channel, database: Engine, day: date, run_id: str) -> bool:
    """Send the report of a day, once per channel; tells whether it went out now."""
    claim = {"day": day, "channel": channel.name, "run_id": run_id}
    with connect(database) as connection, connection.begin():
        if not connection.execute(CLAIM, claim).rowcount:
            return False
        channel.send(daily_report(connection, day))
    return True
