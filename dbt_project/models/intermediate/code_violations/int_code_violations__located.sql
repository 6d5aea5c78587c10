-- One row per current code case: the newest version landed of its case number, and where it lies.
-- A table with statistics: what follows searches by place.
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'case_number'],
        sync_ignore=[],
        sync_may_empty=true,
        unlogged=true,
        indexes=[{'columns': ['county_fips', 'case_number'], 'unique': true}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

cases as (
    select *
    from {{ ref('stg_orange_fl__code_violations') }}
    where is_current and is_accepted
),

counties as (
    select
        county_fips,
        projection_srid
    from {{ ref('stg_operations__counties') }}
),

newest as (
    select distinct on (cases.county_fips, cases.case_number)
        cases.county_fips,
        cases.case_number,
        cases.parcel_id_normalized as published_parcel_id,
        cases.latitude,
        cases.longitude,
        counties.projection_srid,
        cases.source_version
    from cases
    left join counties on cases.county_fips = counties.county_fips
    order by cases.county_fips, cases.case_number, cases.landed_at desc, cases.source_version
),

final as (
    select
        newest.county_fips,
        newest.case_number,
        newest.published_parcel_id,
        place.x_feet,
        place.y_feet,
        newest.source_version
    from newest
    {{ cross_join_state_plane('newest') }}
)

select * from final
