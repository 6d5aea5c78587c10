-- One row per county and parcel that any source ever named; a parcel that leaves every source stays with
-- is_active = false. Attributes come from the first source that knows them: property record, foreclosure,
-- tax sale, code case (the case gives an address, never the point that scores use).
{{
    config(
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_delete=false,
        indexes=[
            {'columns': ['coordinates'], 'type': 'gist'},
            {'columns': ['zip_code']},
            {'columns': ['city']},
        ],
        fillfactor=95,
    )
}}

with

parcels as (
    select * from {{ ref('int_identity__parcels') }}
    {% if is_incremental() %}
        where {{ written_since('changed_at', this, 'updated_at') }}
    {% endif %}
),

counties as (
    select
        county_fips,
        projection_srid
    from {{ ref('stg_operations__counties') }}
),

property_records as (
    select
        source_version,
        parcel_id_original,
        situs_address,
        situs_city,
        situs_zip_code,
        latitude,
        longitude
    from {{ ref('stg_orange_fl__property_records') }}
),

foreclosures as (
    select
        source_version,
        parcel_id_original,
        situs_address,
        situs_city,
        situs_zip_code,
        latitude,
        longitude
    from {{ ref('stg_orange_fl__foreclosures') }}
),

tax_sales as (
    select
        source_version,
        parcel_id_original,
        latitude,
        longitude
    from {{ ref('stg_orange_fl__tax_sales') }}
),

code_violations as (
    select
        source_version,
        parcel_id_original,
        address
    from {{ ref('stg_orange_fl__code_violations') }}
),

-- distinct on: one version can have landed more than once (it left and came back)
resolved as (
    select distinct on (parcels.county_fips, parcels.parcel_id_normalized)
        parcels.*,
        counties.projection_srid,
        coalesce(
            property_records.parcel_id_original,
            foreclosures.parcel_id_original,
            tax_sales.parcel_id_original,
            code_violations.parcel_id_original
        ) as parcel_id_original,
        coalesce(
            property_records.situs_address, foreclosures.situs_address, code_violations.address
        ) as situs_address,
        upper(coalesce(property_records.situs_city, foreclosures.situs_city)) as published_city,
        coalesce(property_records.situs_zip_code, foreclosures.situs_zip_code) as zip_code,
        case
            when property_records.latitude is not null then 'property_records'
            when foreclosures.latitude is not null then 'foreclosures'
            when tax_sales.latitude is not null then 'tax_sales'
        end as coordinates_source,
        coalesce(property_records.latitude, foreclosures.latitude, tax_sales.latitude) as latitude,
        coalesce(property_records.longitude, foreclosures.longitude, tax_sales.longitude) as longitude
    from parcels
    left join counties on parcels.county_fips = counties.county_fips
    left join property_records on parcels.property_record_version = property_records.source_version
    left join foreclosures on parcels.foreclosure_version = foreclosures.source_version
    left join tax_sales on parcels.tax_sale_version = tax_sales.source_version
    left join code_violations on parcels.code_violation_version = code_violations.source_version
    order by parcels.county_fips, parcels.parcel_id_normalized
),

final as (
    select
        resolved.county_fips,
        resolved.parcel_id_normalized,
        resolved.parcel_id_original,
        resolved.situs_address,
        address.house_number,
        address.predirection,
        address.street_name,
        address.street_suffix,
        address.postdirection,
        address.unit,
        resolved.published_city as city,
        'FL' as state,
        resolved.zip_code,
        {{ geography_point('resolved.longitude', 'resolved.latitude') }} as coordinates,
        resolved.latitude,
        resolved.longitude,
        place.x_feet,
        place.y_feet,
        resolved.coordinates_source,
        resolved.is_in_property_records,
        resolved.is_in_tax_sales,
        resolved.is_in_foreclosures,
        resolved.is_in_code_violations,
        resolved.is_active,
        resolved.deactivated_at,
        resolved.source_version,
        now() as created_at,
        now() as updated_at
    from resolved
    {{ cross_join_state_plane('resolved') }}
    {{ cross_join_standardized_address('resolved') }}
)

select * from final
