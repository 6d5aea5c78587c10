-- Tax deed sales and foreclosure auctions from a day on, within so many days, soonest first.
select
    events.event,
    events.event_date,
    events.county_fips,
    events.parcel_id_normalized,
    properties.situs_address,
    properties.city,
    properties.zip_code,
    events.opening_bid,
    lead_scores.total_score,
    lead_scores.tier
from (
    select
        'tax deed sale' as event,
        tax_sales.sale_date as event_date,
        tax_sales.county_fips,
        tax_sales.parcel_id_normalized,
        null::numeric as opening_bid
    from {{ ref('tax_sales') }} as tax_sales
    union all
    select
        'foreclosure auction' as event,
        foreclosures.auction_date as event_date,
        foreclosures.county_fips,
        foreclosures.parcel_id_normalized,
        foreclosures.opening_bid
    from {{ ref('foreclosures') }} as foreclosures
) as events
inner join {{ ref('properties') }} as properties
    on
        events.county_fips = properties.county_fips
        and events.parcel_id_normalized = properties.parcel_id_normalized
left join {{ ref('lead_scores') }} as lead_scores
    on
        events.county_fips = lead_scores.county_fips
        and events.parcel_id_normalized = lead_scores.parcel_id_normalized
where
    events.event_date between upcoming_sales.from_day and upcoming_sales.from_day + upcoming_sales.within_days
order by events.event_date, events.event, events.county_fips, events.parcel_id_normalized
