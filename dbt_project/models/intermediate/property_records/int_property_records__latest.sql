-- One row per parcel the roll ever held: which landed version describes it now, or described it last.
-- A parcel of several polygons has several rows of one PARCEL; the largest polygon stands for it.
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_ignore=[],
        sync_may_empty=true,
        unlogged=true,
        indexes=[{'columns': ['county_fips', 'parcel_id_normalized'], 'unique': true}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

roll as (
    select
        county_fips,
        parcel_id_normalized,
        source_version,
        lot_size_acres,
        landed_at,
        retired_at,
        is_current
    from {{ ref('stg_orange_fl__property_records') }}
    where is_accepted
),

final as (
    select distinct on (county_fips, parcel_id_normalized)
        county_fips,
        parcel_id_normalized,
        source_version,
        retired_at,
        is_current
    from roll
    order by
        county_fips,
        parcel_id_normalized,
        is_current desc,
        retired_at desc nulls last,
        lot_size_acres desc nulls last,
        source_version
)

select * from final
