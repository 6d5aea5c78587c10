"""Which tier A leads a channel was not told of yet, and the ledger that remembers."""

from sqlalchemy import Connection, Engine, Row, text

from loaders.database import connect
from loaders.settings import Settings
from operations.channels import Channel
from operations.messages import Message, render

REASONS_SHOWN = 4

# A stay in tier A begins with the change that brought the lead there. It was announced if the
# channel was told since; once retention removed the change, having been told at any time counts.
TAKE_PENDING = text(
    """
    with

    pending as (
        select
            leads.county_fips,
            leads.parcel_id_normalized,
            leads.situs_address,
            leads.city,
            leads.zip_code,
            leads.total_score,
            leads.tier,
            leads.reasons,
            leads.sale_date,
            leads.auction_date,
            leads.total_market_value,
            coalesce(entry.changed_at, leads.scored_as_of) as tier_since
        from marts.leads as leads
        left join lateral (
            select max(changes.changed_at) as changed_at
            from marts.lead_changes as changes
            where
                changes.county_fips = leads.county_fips
                and changes.parcel_id_normalized = leads.parcel_id_normalized
                and changes.change_type in ('new_lead', 'tier_up')
                and changes.after_value = 'A'
        ) as entry on true
        where
            leads.tier = 'A'
            and not exists (
                select from ops.lead_announcements as told
                where
                    told.county_fips = leads.county_fips
                    and told.parcel_id_normalized = leads.parcel_id_normalized
                    and told.channel = :channel
                    and told.tier_since >= coalesce(entry.changed_at, '-infinity')
            )
        order by leads.total_score desc, leads.county_fips, leads.parcel_id_normalized
        limit :limit
    ),

    taken as (
        insert into ops.lead_announcements (
            county_fips, parcel_id_normalized, channel, tier_since, total_score, announced_by
        )
        select county_fips, parcel_id_normalized, :channel, tier_since, total_score, :run_id
        from pending
        on conflict do nothing
        returning county_fips, parcel_id_normalized
    )

    select pending.*
    from pending
    inner join taken
        on
            pending.county_fips = taken.county_fips
            and pending.parcel_id_normalized = taken.parcel_id_normalized
    order by pending.total_score desc, pending.county_fips, pending.parcel_id_normalized
    """
)


def announce(channel: Channel, database: Engine, settings: Settings, run_id: str) -> int:
    """Send every lead that entered tier A and was not announced on this channel since.

    The ledger's rows are committed only after the channel took the message: a message that fails is
    sent again by the next try or run, one that went out is not.

    Args:
        database: as the transformer, which reads the marts and writes the ledger.
        run_id: who announces, for the ledger.

    Returns:
        Number of leads announced.
    """
    announced = 0
    while True:
        with connect(database) as connection, connection.begin():
            leads = take_pending(connection, channel, run_id)
            if not leads:
                return announced
            channel.send(new_leads_message(leads, settings))
        announced += len(leads)


def take_pending(connection: Connection, channel: Channel, run_id: str) -> list[Row]:
    """Put the next leads to announce into the ledger, in the caller's transaction."""
    values = {"channel": channel.name, "limit": channel.leads_per_message, "run_id": run_id}
    return list(connection.execute(TAKE_PENDING, values))


def new_leads_message(leads: list[Row], settings: Settings) -> Message:
    """The message that tells of these leads, best first."""
    number = "1 new tier A lead" if len(leads) == 1 else f"{len(leads)} new tier A leads"
    best = leads[0].situs_address or f"parcel {leads[0].parcel_id_normalized}"
    return render(
        "new_leads",
        f"{number}, best: {best} ({leads[0].total_score:g})",
        leads=leads,
        reasons_shown=REASONS_SHOWN,
        link=lambda lead: settings.alert_parcel_url.format(
            parcel_id=lead.parcel_id_normalized, county_fips=lead.county_fips
        ),
    )
