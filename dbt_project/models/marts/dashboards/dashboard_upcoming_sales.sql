-- One row per lead and event ahead: tax deed sales and foreclosure auctions from the run date on.
{{
    config(
        materialized='materialized_view',
        indexes=[
            {'columns': ['county_fips', 'parcel_id_normalized', 'event_type'], 'unique': true},
            {'columns': ['event_date']},
        ],
    )
}}

with

leads as (
    select * from {{ ref('leads') }}
),

run_date as (
    select * from {{ ref('int_history__run_date') }}
),

final as (
    select
        leads.county_fips,
        leads.parcel_id_normalized,
        events.event_type,
        events.event_date,
        leads.situs_address,
        leads.city,
        leads.zip_code,
        leads.total_score,
        leads.tier
    from leads
    cross join run_date
    cross join
        lateral (
            values
            ('tax_sale', leads.sale_date),
            ('foreclosure_auction', leads.auction_date)
        ) as events (event_type, event_date)
    where events.event_date >= run_date.run_date
)

select * from final
