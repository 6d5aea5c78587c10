-- Active properties within so many statute miles of a point, nearest first, by the GiST index on coordinates.
select
    properties.county_fips,
    properties.parcel_id_normalized,
    properties.situs_address,
    properties.city,
    places.distance_miles,
    lead_scores.total_score,
    lead_scores.tier,
    leads.parcel_id_normalized is not null as is_lead,
    properties.latitude,
    properties.longitude
from {{ ref('properties') }} as properties
cross join lateral (
    select
        round(
            (
                st_distance(
                    properties.coordinates,
                    {{ geography_point('properties_near.center_longitude', 'properties_near.center_latitude') }}
                ) / 1609.344
            )::numeric,
            3
        ) as distance_miles
) as places
left join {{ ref('lead_scores') }} as lead_scores
    on
        properties.county_fips = lead_scores.county_fips
        and properties.parcel_id_normalized = lead_scores.parcel_id_normalized
left join {{ ref('leads') }} as leads
    on
        properties.county_fips = leads.county_fips
        and properties.parcel_id_normalized = leads.parcel_id_normalized
where
    properties.is_active
    and st_dwithin(
        properties.coordinates,
        {{ geography_point('properties_near.center_longitude', 'properties_near.center_latitude') }},
        properties_near.within_miles * 1609.344
    )
    and (leads.parcel_id_normalized is not null or not properties_near.only_leads)
order by places.distance_miles, properties.county_fips, properties.parcel_id_normalized
limit properties_near.max_rows
