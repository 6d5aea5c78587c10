-- One row per lead with code cases nearby: the most frequent case types within the radius, ties by name.
-- For leads only: pairs of property and case type are many times the pairs of property and place.
with

leads as (
    select * from {{ ref('int_scoring__lead_signals') }}
),

properties as (
    select
        county_fips,
        parcel_id_normalized,
        coordinates
    from {{ ref('properties') }}
    where coordinates is not null
),

code_violations as (
    select
        county_fips,
        violation_type,
        coordinates
    from {{ ref('code_violations') }}
    where coordinates is not null and violation_type is not null
),

rulesets as (
    select
        nearby_radius_miles * 1609.344 as radius_meters,
        nearby_violation_types_listed
    from {{ ref('score_rulesets') }}
    where is_active
),

type_counts as (
    select
        leads.county_fips,
        leads.parcel_id_normalized,
        code_violations.violation_type,
        count(*) as cases
    from leads
    inner join properties
        on
            leads.county_fips = properties.county_fips
            and leads.parcel_id_normalized = properties.parcel_id_normalized
    cross join rulesets
    inner join code_violations
        on
            leads.county_fips = code_violations.county_fips
            and st_dwithin(properties.coordinates, code_violations.coordinates, rulesets.radius_meters)
    group by leads.county_fips, leads.parcel_id_normalized, code_violations.violation_type
),

ranked as (
    select
        *,
        row_number() over (
            partition by county_fips, parcel_id_normalized
            order by cases desc, violation_type
        ) as type_rank
    from type_counts
),

final as (
    select
        ranked.county_fips,
        ranked.parcel_id_normalized,
        array_agg(ranked.violation_type order by ranked.type_rank) as violation_types_nearby
    from ranked
    cross join rulesets
    where ranked.type_rank <= rulesets.nearby_violation_types_listed
    group by ranked.county_fips, ranked.parcel_id_normalized
)

select * from final
