-- Properties whose market value is far above the assessed one, furthest first. In Florida that mostly tells how
-- long a homestead cap has held (long ownership), not what the owner owes.
select
    property_records.county_fips,
    property_records.parcel_id_normalized,
    properties.situs_address,
    properties.city,
    property_records.equity_percent,
    property_records.total_market_value,
    property_records.assessed_value,
    property_records.last_sale_date,
    lead_scores.total_score,
    lead_scores.tier,
    leads.parcel_id_normalized is not null as is_lead
from {{ ref('property_records') }} as property_records
inner join {{ ref('properties') }} as properties
    on
        property_records.county_fips = properties.county_fips
        and property_records.parcel_id_normalized = properties.parcel_id_normalized
left join {{ ref('lead_scores') }} as lead_scores
    on
        property_records.county_fips = lead_scores.county_fips
        and property_records.parcel_id_normalized = lead_scores.parcel_id_normalized
left join {{ ref('leads') }} as leads
    on
        property_records.county_fips = leads.county_fips
        and property_records.parcel_id_normalized = leads.parcel_id_normalized
where
    property_records.equity_percent >= high_equity_properties.min_equity_percent
    and (leads.parcel_id_normalized is not null or not high_equity_properties.only_leads)
order by
    property_records.equity_percent desc,
    property_records.county_fips,
    property_records.parcel_id_normalized
limit high_equity_properties.max_rows
