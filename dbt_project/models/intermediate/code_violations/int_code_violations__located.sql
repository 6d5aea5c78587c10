-- One row per current code case: the newest version landed of its case number, and where it lies.
-- A table with statistics: what follows searches by place. Looked at again are cases with a version written since.
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'case_number'],
        sync_gone='source_version is null',
        sync_ignore=['changed_at'],
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

{% if is_incremental() %}
    touched as (
        select distinct
            county_fips,
            case_number
        from {{ ref('stg_orange_fl__code_violations') }}
        where case_number is not null and {{ written_since('changed_at', this, 'changed_at') }}
    ),
{% endif %}

newest as (
    select distinct on (county_fips, case_number)
        county_fips,
        case_number,
        parcel_id_normalized as published_parcel_id,
        x_feet,
        y_feet,
        source_version
    from cases
    {% if is_incremental() %}
        where (county_fips, case_number) in (
            select
                touched.county_fips,
                touched.case_number
            from touched
        )
    {% endif %}
    order by county_fips, case_number, landed_at desc, source_version
),

final as (
    select
        county_fips,
        case_number,
        published_parcel_id,
        x_feet,
        y_feet,
        source_version,
        now() as changed_at
    from newest
    {% if is_incremental() %}
        union all
        -- no version of it is left
        select
            touched.county_fips,
            touched.case_number,
            null as published_parcel_id,
            null as x_feet,
            null as y_feet,
            null as source_version,
            now() as changed_at
        from touched
        where not exists (
            select from newest
            where newest.county_fips = touched.county_fips and newest.case_number = touched.case_number
        )
    {% endif %}
)

select * from final
