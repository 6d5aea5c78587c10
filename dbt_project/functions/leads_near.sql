-- Leads within so many statute miles of a point, nearest first: the GiST index on their coordinates gives them in that
-- order, so a short list costs the same in a dense city as anywhere.
select
    leads.county_fips,
    leads.parcel_id_normalized,
    leads.situs_address,
    leads.city,
    round(
        (
            st_distance(
                leads.coordinates,
                {{ geography_point('leads_near.center_longitude', 'leads_near.center_latitude') }}
            ) / 1609.344
        )::numeric,
        3
    ) as distance_miles,
    leads.total_score,
    leads.tier,
    leads.reasons,
    leads.sale_date,
    leads.auction_date
from {{ ref('leads') }} as leads
where
    st_dwithin(
        leads.coordinates,
        {{ geography_point('leads_near.center_longitude', 'leads_near.center_latitude') }},
        leads_near.within_miles * 1609.344
    )
order by
    leads.coordinates <-> {{ geography_point('leads_near.center_longitude', 'leads_near.center_latitude') }}
limit leads_near.max_rows
