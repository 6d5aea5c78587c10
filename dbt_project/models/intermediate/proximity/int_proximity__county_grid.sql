-- One row per county: the search radius in its projection's feet and the grid cell that goes with it.
-- Cells are a thousandth larger than the radius, so that the 3 x 3 cells around a point always hold the
-- whole circle, whatever the projection's scale there (state planes stay within 1 part in 10,000).
with

counties as (
    select
        county_fips,
        projection_srid
    from {{ ref('stg_operations__counties') }}
),

rulesets as (
    select nearby_radius_miles from {{ ref('score_rulesets') }}
    where is_active
),

final as (
    select
        counties.county_fips,
        counties.projection_srid,
        {{ miles_to_survey_feet('rulesets.nearby_radius_miles') }} as radius_feet,
        {{ miles_to_survey_feet('rulesets.nearby_radius_miles') }} * 1.001 as cell_feet
    from counties
    cross join rulesets
)

select * from final
