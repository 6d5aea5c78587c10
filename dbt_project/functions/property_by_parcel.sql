-- The card of one property, by any spelling of its parcel id: dashes, dots and blanks do not matter.
select
    properties.county_fips,
    properties.parcel_id_normalized,
    properties.parcel_id_original,
    properties.situs_address,
    properties.city,
    properties.zip_code,
    properties.is_active,
    leads.parcel_id_normalized is not null as is_lead,
    lead_scores.total_score,
    lead_scores.tier,
    lead_scores.reasons,
    tax_sales.sale_date,
    foreclosures.auction_date,
    foreclosures.default_amount,
    property_records.total_market_value,
    property_records.assessed_value,
    property_records.taxes,
    property_records.equity_percent,
    property_records.year_built,
    property_records.living_area_sqft,
    property_records.last_sale_date,
    property_records.last_sale_price,
    properties.latitude,
    properties.longitude
from {{ ref('properties') }} as properties
left join {{ ref('lead_scores') }} as lead_scores
    on
        properties.county_fips = lead_scores.county_fips
        and properties.parcel_id_normalized = lead_scores.parcel_id_normalized
left join {{ ref('leads') }} as leads
    on
        properties.county_fips = leads.county_fips
        and properties.parcel_id_normalized = leads.parcel_id_normalized
left join {{ ref('tax_sales') }} as tax_sales
    on
        properties.county_fips = tax_sales.county_fips
        and properties.parcel_id_normalized = tax_sales.parcel_id_normalized
left join {{ ref('foreclosures') }} as foreclosures
    on
        properties.county_fips = foreclosures.county_fips
        and properties.parcel_id_normalized = foreclosures.parcel_id_normalized
left join {{ ref('property_records') }} as property_records
    on
        properties.county_fips = property_records.county_fips
        and properties.parcel_id_normalized = property_records.parcel_id_normalized
where
    properties.county_fips = property_by_parcel.county
    and properties.parcel_id_normalized
    = {{ normalize_parcel_id('property_by_parcel.parcel_id', 'property_by_parcel.parcel_id_order') }}
