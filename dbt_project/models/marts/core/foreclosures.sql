-- One row per property with a foreclosure filing: the one whose auction is scheduled next, else the newest
-- live one, else the newest of all (history: the layer holds a 2012 archive). All filings are in staging.
-- Live: auction ahead, or recorded within foreclosure_live_days of the active ruleset.
{{
    config(
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_may_empty=true,
        indexes=[
            {'columns': ['auction_date']},
            {'columns': ['default_amount']},
            {'columns': ['opening_bid']},
            {'columns': ['recording_date']},
            {'columns': ['coordinates'], 'type': 'gist'},
            {'columns': ['raw_data'], 'type': 'gin'},
        ],
    )
}}

with

filings as (
    select *
    from {{ ref('stg_orange_fl__foreclosures') }}
    where is_current and is_accepted
),

properties as (
    select
        county_fips,
        parcel_id_normalized
    from {{ ref('properties') }}
),

rulesets as (
    select foreclosure_live_days from {{ ref('score_rulesets') }}
    where is_active
),

dated as (
    select
        filings.*,
        coalesce(filings.auction_date >= {{ as_of() }}, false) as is_auction_scheduled,
        coalesce(
            filings.recording_date >= {{ as_of() }} - rulesets.foreclosure_live_days, false
        ) as is_recently_recorded
    from filings
    cross join rulesets
),

final as (
    select distinct on (dated.county_fips, dated.parcel_id_normalized)
        dated.county_fips,
        dated.parcel_id_normalized,
        dated.borrowers_name,
        dated.situs_address,
        dated.default_amount,
        dated.opening_bid,
        dated.recording_date,
        dated.auction_date,
        dated.lender_name,
        dated.property_type,
        dated.record_type,
        dated.is_auction_scheduled or dated.is_recently_recorded as is_live,
        {{ geography_point('dated.longitude', 'dated.latitude') }} as coordinates,
        dated.value_issues,
        dated.raw_data,
        dated.source_version,
        dated.run_id,
        dated.landed_at as data_source_timestamp,
        now() as created_at,
        now() as updated_at
    from dated
    inner join properties
        on
            dated.county_fips = properties.county_fips
            and dated.parcel_id_normalized = properties.parcel_id_normalized
    order by
        dated.county_fips,
        dated.parcel_id_normalized,
        dated.is_auction_scheduled desc,
        case when dated.is_auction_scheduled then dated.auction_date end,
        dated.is_recently_recorded desc,
        dated.recording_date desc nulls last,
        dated.source_version
)

select * from final
