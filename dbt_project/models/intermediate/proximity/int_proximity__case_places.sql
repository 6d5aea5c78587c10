-- One row per place with code cases: how many, and how many open. Grouping by place comes first because
-- 250,000 cases lie on 60,000 places, and everything after this costs by the place.
with

code_violations as (
    select
        county_fips,
        x_feet,
        y_feet,
        is_open
    from {{ ref('code_violations') }}
    where x_feet is not null
),

final as (
    select
        county_fips,
        x_feet,
        y_feet,
        count(*)::integer as cases,
        count(*) filter (where is_open)::integer as open_cases
    from code_violations
    group by county_fips, x_feet, y_feet
)

select * from final
