-- One row per lead: a property with a distress signal of its own (seed lead_signals says which signals make
-- a lead), with the signals it shows.
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_ignore=[],
        sync_may_empty=true,
        indexes=[{'columns': ['county_fips', 'parcel_id_normalized'], 'unique': true}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

inputs as (
    select * from {{ ref('int_scoring__inputs') }}
),

code_violations as (
    select
        county_fips,
        parcel_id_normalized
    from {{ ref('code_violations') }}
    where is_open and parcel_id_normalized is not null
),

signals as (
    select lead_signal from {{ ref('lead_signals') }}
    where makes_lead
),

shown as (
    select
        county_fips,
        parcel_id_normalized,
        'tax_sale' as lead_signal
    from inputs
    where has_tax_sale = 1
    union all
    select
        county_fips,
        parcel_id_normalized,
        'live_foreclosure' as lead_signal
    from inputs
    where has_live_foreclosure = 1
    union all
    select
        county_fips,
        parcel_id_normalized,
        'open_code_case' as lead_signal
    from code_violations
    group by county_fips, parcel_id_normalized
),

final as (
    select
        shown.county_fips,
        shown.parcel_id_normalized,
        array_agg(shown.lead_signal order by shown.lead_signal) as signals
    from shown
    inner join signals on shown.lead_signal = signals.lead_signal
    group by shown.county_fips, shown.parcel_id_normalized
)

select * from final
