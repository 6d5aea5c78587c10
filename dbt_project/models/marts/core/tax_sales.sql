-- One row per property in the county's current tax deed sale list. A parcel with several applications is
-- represented by its next sale, else by its latest. Rows that leave the list leave this table; their history
-- stays in raw and in snapshots.
{{
    config(
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_may_empty=true,
        indexes=[
            {'columns': ['sale_date']},
            {'columns': ['coordinates'], 'type': 'gist'},
            {'columns': ['raw_data'], 'type': 'gin'},
        ],
    )
}}

with

tax_sales as (
    select *
    from {{ ref('stg_orange_fl__tax_sales') }}
    where is_current and is_accepted
),

properties as (
    select
        county_fips,
        parcel_id_normalized
    from {{ ref('properties') }}
),

final as (
    select distinct on (tax_sales.county_fips, tax_sales.parcel_id_normalized)
        tax_sales.county_fips,
        tax_sales.parcel_id_normalized,
        tax_sales.tda_number,
        tax_sales.sale_date,
        tax_sales.deed_status,
        {{ geography_point('tax_sales.longitude', 'tax_sales.latitude') }} as coordinates,
        tax_sales.value_issues,
        tax_sales.raw_data,
        tax_sales.source_version,
        tax_sales.run_id,
        tax_sales.landed_at as data_source_timestamp,
        now() as created_at,
        now() as updated_at
    from tax_sales
    inner join properties
        on
            tax_sales.county_fips = properties.county_fips
            and tax_sales.parcel_id_normalized = properties.parcel_id_normalized
    order by
        tax_sales.county_fips,
        tax_sales.parcel_id_normalized,
        coalesce(tax_sales.sale_date >= {{ as_of() }}, false) desc,
        abs(tax_sales.sale_date - {{ as_of() }}),
        tax_sales.source_version
)

select * from final
