-- One row per property with at least one code case within the ruleset's radius (boundary included). Feet of the plane
-- are divided by the projection's scale at the property, so distances are those on the ground.
with

property_counts as (
    select * from {{ ref('int_proximity__property_counts') }}
    where cases > 0
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        cases as nearby_violations,
        open_cases as nearby_open_violations,
        round({{ survey_feet_to_miles('sqrt(nearest_squared_feet) / scale') }}::numeric, 3)
            as nearest_violation_distance,
        round({{ survey_feet_to_miles('summed_ten_thousandths / 10000.0 / cases / scale') }}::numeric, 3)
            as avg_violation_distance,
        changed_at
    from property_counts
)

select * from final
