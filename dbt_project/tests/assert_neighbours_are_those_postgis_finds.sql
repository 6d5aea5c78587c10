{{ config(meta={
    'description': 'Three hundred properties, others each day: PostGIS finds as many code cases around them as their scores tell.',
    'next_steps': 'Count again: dbt build --full-refresh -s int_proximity__property_cells+; then look for what was not followed.',
}) }}

with

rulesets as (
    select nearby_radius_miles * 1609.344 as radius_meters from {{ ref('score_rulesets') }}
    where is_active
),

sampled as (
    select
        county_fips,
        parcel_id_normalized,
        coordinates
    from {{ ref('properties') }}
    where is_active and coordinates is not null
    order by hashtextextended(parcel_id_normalized, extract(julian from {{ as_of() }})::bigint)
    limit 300
),

found as (
    select
        sampled.county_fips,
        sampled.parcel_id_normalized,
        around.cases,
        around.open_cases
    from sampled
    cross join rulesets
    cross join lateral (
        select
            count(*) as cases,
            count(*) filter (where code_violations.is_open) as open_cases
        from {{ ref('code_violations') }} as code_violations
        where st_dwithin(sampled.coordinates, code_violations.coordinates, rulesets.radius_meters)
    ) as around
)

select
    found.parcel_id_normalized,
    found.cases,
    lead_scores.nearby_violations as stored_cases,
    found.open_cases,
    lead_scores.nearby_open_violations as stored_open_cases
from found
inner join {{ ref('lead_scores') }} as lead_scores
    on
        found.county_fips = lead_scores.county_fips
        and found.parcel_id_normalized = lead_scores.parcel_id_normalized
where
    (found.cases, found.open_cases)
    is distinct from (lead_scores.nearby_violations, lead_scores.nearby_open_violations)
