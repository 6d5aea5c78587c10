-- One row per place, type of code case and time the cases there changed: by how many. The rows of a place add up to
-- what is there now, so that neighbourhoods follow changes and are not counted again. Written only, never rewritten:
-- who counted up to a time goes on from it.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
        unlogged=true,
        indexes=[{'columns': ['changed_at']}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

code_violations as (
    select
        county_fips,
        x_feet,
        y_feet,
        violation_type,
        is_open
    from {{ ref('code_violations') }}
    where x_feet is not null
),

now_and_before as (
    select
        county_fips,
        x_feet,
        y_feet,
        violation_type,
        1 as cases,
        case when is_open then 1 else 0 end as open_cases
    from code_violations
    {% if is_incremental() %}
        union all
        select
            county_fips,
            x_feet,
            y_feet,
            violation_type,
            -cases as cases,
            -open_cases as open_cases
        from {{ this }}
    {% endif %}
),

final as (
    select
        county_fips,
        x_feet,
        y_feet,
        violation_type,
        sum(cases)::integer as cases,
        sum(open_cases)::integer as open_cases,
        now() as changed_at
    from now_and_before
    group by county_fips, x_feet, y_feet, violation_type
    having sum(cases) <> 0 or sum(open_cases) <> 0
)

select * from final
