-- One row per lead, ready to read: an active property with a distress signal of its own, its score and why,
-- where it is, what is scheduled, and what it is worth. A lead is a pointer, not advice: title is unsearched.
{{
    config(
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_may_empty=true,
        indexes=[
            {'columns': ['total_score']},
            {'columns': ['tier', 'total_score']},
            {'columns': ['sale_date']},
            {'columns': ['auction_date']},
            {'columns': ['city']},
            {'columns': ['zip_code']},
            {'columns': ['coordinates'], 'type': 'gist'},
            {'columns': ['reasons'], 'type': 'gin'},
        ],
    )
}}

with

lead_signals as (
    select * from {{ ref('int_scoring__lead_signals') }}
),

lead_scores as (
    select * from {{ ref('lead_scores') }}
),

properties as (
    select * from {{ ref('properties') }}
),

tax_sales as (
    select * from {{ ref('tax_sales') }}
),

foreclosures as (
    select * from {{ ref('foreclosures') }}
    where is_live
),

property_records as (
    select * from {{ ref('property_records') }}
),

violation_types as (
    select * from {{ ref('int_proximity__lead_violation_types') }}
),

own_cases as (
    select
        county_fips,
        parcel_id_normalized,
        count(*)::integer as code_cases,
        count(*) filter (where is_open)::integer as open_code_cases
    from {{ ref('code_violations') }}
    where parcel_id_normalized is not null
    group by county_fips, parcel_id_normalized
),

final as (
    select
        lead_signals.county_fips,
        lead_signals.parcel_id_normalized,
        properties.parcel_id_original,
        properties.situs_address,
        properties.city,
        properties.zip_code,
        lead_scores.total_score,
        lead_scores.tier,
        lead_scores.distress_score,
        lead_scores.value_score,
        lead_scores.location_score,
        lead_scores.urgency_score,
        lead_scores.reasons,
        lead_signals.signals,
        lead_scores.missing_inputs,
        tax_sales.tda_number,
        tax_sales.deed_status,
        tax_sales.sale_date,
        foreclosures.record_type as foreclosure_record_type,
        foreclosures.recording_date as foreclosure_recording_date,
        foreclosures.auction_date,
        foreclosures.default_amount,
        foreclosures.opening_bid,
        coalesce(own_cases.code_cases, 0) as code_cases,
        coalesce(own_cases.open_code_cases, 0) as open_code_cases,
        lead_scores.nearby_violations,
        lead_scores.nearby_open_violations,
        lead_scores.nearest_violation_distance,
        violation_types.violation_types_nearby,
        property_records.total_market_value,
        property_records.assessed_value,
        property_records.taxes,
        property_records.equity_percent,
        property_records.tax_rate,
        property_records.year_built,
        property_records.living_area_sqft,
        property_records.lot_size_acres,
        property_records.use_code,
        property_records.zoning_code,
        property_records.last_sale_date,
        property_records.last_sale_price,
        properties.coordinates,
        properties.latitude,
        properties.longitude,
        lead_scores.ruleset,
        lead_scores.ruleset_version,
        lead_scores.scored_as_of,
        tax_sales.data_source_timestamp as tax_sale_seen_at,
        foreclosures.data_source_timestamp as foreclosure_seen_at,
        property_records.data_source_timestamp as property_record_seen_at,
        now() as created_at,
        now() as updated_at
    from lead_signals
    inner join lead_scores
        on
            lead_signals.county_fips = lead_scores.county_fips
            and lead_signals.parcel_id_normalized = lead_scores.parcel_id_normalized
    inner join properties
        on
            lead_signals.county_fips = properties.county_fips
            and lead_signals.parcel_id_normalized = properties.parcel_id_normalized
    left join tax_sales
        on
            lead_signals.county_fips = tax_sales.county_fips
            and lead_signals.parcel_id_normalized = tax_sales.parcel_id_normalized
    left join foreclosures
        on
            lead_signals.county_fips = foreclosures.county_fips
            and lead_signals.parcel_id_normalized = foreclosures.parcel_id_normalized
    left join property_records
        on
            lead_signals.county_fips = property_records.county_fips
            and lead_signals.parcel_id_normalized = property_records.parcel_id_normalized
    left join violation_types
        on
            lead_signals.county_fips = violation_types.county_fips
            and lead_signals.parcel_id_normalized = violation_types.parcel_id_normalized
    left join own_cases
        on
            lead_signals.county_fips = own_cases.county_fips
            and lead_signals.parcel_id_normalized = own_cases.parcel_id_normalized
)

select * from final
