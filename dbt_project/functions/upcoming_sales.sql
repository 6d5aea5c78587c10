-- Tax deed sales and foreclosure auctions from a day on, within so many days, soonest first: of any property, lead or
-- not, past days too. Address and score of nearly all stand in dashboard_upcoming_sales, a few pages; only an event
-- that it lacks (before the run date, or of no lead) is looked up in the large tables.
select
    events.event,
    events.event_date,
    events.county_fips,
    events.parcel_id_normalized,
    coalesce(of_leads.situs_address, of_others.situs_address) as situs_address,
    coalesce(of_leads.city, of_others.city) as city,
    coalesce(of_leads.zip_code, of_others.zip_code) as zip_code,
    events.opening_bid,
    coalesce(of_leads.total_score, of_others.total_score) as total_score,
    coalesce(of_leads.tier, of_others.tier) as tier
from (
    select
        'tax deed sale' as event,
        'tax_sale' as event_type,
        tax_sales.sale_date as event_date,
        tax_sales.county_fips,
        tax_sales.parcel_id_normalized,
        null::numeric as opening_bid
    from {{ ref('tax_sales') }} as tax_sales
    union all
    select
        'foreclosure auction' as event,
        'foreclosure_auction' as event_type,
        foreclosures.auction_date as event_date,
        foreclosures.county_fips,
        foreclosures.parcel_id_normalized,
        foreclosures.opening_bid
    from {{ ref('foreclosures') }} as foreclosures
) as events
left join (
    select * from {{ ref('dashboard_upcoming_sales') }}
    -- read whole, a few pages: by its index each row would cost one
    offset 0
) as of_leads
    on
        events.county_fips = of_leads.county_fips
        and events.parcel_id_normalized = of_leads.parcel_id_normalized
        and events.event_type = of_leads.event_type
        and events.event_date = of_leads.event_date
left join lateral (
    select
        properties.situs_address,
        properties.city,
        properties.zip_code,
        lead_scores.total_score,
        lead_scores.tier
    from {{ ref('properties') }} as properties
    left join {{ ref('lead_scores') }} as lead_scores
        on
            properties.county_fips = lead_scores.county_fips
            and properties.parcel_id_normalized = lead_scores.parcel_id_normalized
    where
        of_leads.parcel_id_normalized is null
        and properties.county_fips = events.county_fips
        and properties.parcel_id_normalized = events.parcel_id_normalized
    -- one property; keeps the planner from reading all of them for events that need none
    limit 1
) as of_others on true
where
    events.event_date between upcoming_sales.from_day and upcoming_sales.from_day + upcoming_sales.within_days
order by events.event_date, events.event, events.county_fips, events.parcel_id_normalized
