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

final as (
    select distinct on (county_fips, case_number)
        county_fips,
        case_number,
        parcel_id_normalized as published_parcel_id,
        x_feet,
        y_feet,
        source_version
    from cases
    order by county_fips, case_number, landed_at desc, source_version
)

select * from final
