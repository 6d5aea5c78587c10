-- One row per parcel any source ever named: which version of each source describes it, and whether any
-- source still holds it. source_version changes whenever anything that makes up the property changes.
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_ignore=[],
        sync_may_empty=true,
        unlogged=true,
        indexes=[{'columns': ['county_fips', 'parcel_id_normalized'], 'unique': true}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

roll as (
    select
        county_fips,
        parcel_id_normalized,
        source_version,
        retired_at,
        is_current
    from {{ ref('int_property_records__latest') }}
),

foreclosures as (
    select distinct on (county_fips, parcel_id_normalized)
        county_fips,
        parcel_id_normalized,
        source_version,
        retired_at,
        is_current
    from {{ ref('stg_orange_fl__foreclosures') }}
    where is_accepted
    order by
        county_fips,
        parcel_id_normalized,
        is_current desc,
        retired_at desc nulls last,
        recording_date desc nulls last,
        source_version
),

tax_sales as (
    select distinct on (county_fips, parcel_id_normalized)
        county_fips,
        parcel_id_normalized,
        source_version,
        retired_at,
        is_current
    from {{ ref('stg_orange_fl__tax_sales') }}
    where is_accepted
    order by
        county_fips,
        parcel_id_normalized,
        is_current desc,
        retired_at desc nulls last,
        sale_date desc nulls last,
        source_version
),

code_violations as (
    select distinct on (county_fips, parcel_id_normalized)
        county_fips,
        parcel_id_normalized,
        source_version,
        retired_at,
        is_current
    from {{ ref('stg_orange_fl__code_violations') }}
    where is_accepted and parcel_id_normalized is not null
    order by
        county_fips,
        parcel_id_normalized,
        is_current desc,
        retired_at desc nulls last,
        opened_date,
        source_version
),

sightings as (
    select
        *,
        'property_records' as source_type
    from roll
    union all
    select
        *,
        'foreclosures' as source_type
    from foreclosures
    union all
    select
        *,
        'tax_sales' as source_type
    from tax_sales
    union all
    select
        *,
        'code_violations' as source_type
    from code_violations
),

by_parcel as (
    select
        county_fips,
        parcel_id_normalized,
        max(source_version) filter (where source_type = 'property_records') as property_record_version,
        max(source_version) filter (where source_type = 'foreclosures') as foreclosure_version,
        max(source_version) filter (where source_type = 'tax_sales') as tax_sale_version,
        max(source_version) filter (where source_type = 'code_violations') as code_violation_version,
        bool_or(is_current and source_type = 'property_records') as is_in_property_records,
        bool_or(is_current and source_type = 'foreclosures') as is_in_foreclosures,
        bool_or(is_current and source_type = 'tax_sales') as is_in_tax_sales,
        bool_or(is_current and source_type = 'code_violations') as is_in_code_violations,
        bool_or(is_current) as is_active,
        max(retired_at) as last_retired_at
    from sightings
    group by county_fips, parcel_id_normalized
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        property_record_version,
        foreclosure_version,
        tax_sale_version,
        code_violation_version,
        is_in_property_records,
        is_in_foreclosures,
        is_in_tax_sales,
        is_in_code_violations,
        is_active,
        case when not is_active then last_retired_at end as deactivated_at,
        md5(concat_ws(
            '|',
            property_record_version,
            'f' || foreclosure_version,
            't' || tax_sale_version,
            'c' || code_violation_version,
            is_in_property_records,
            is_in_foreclosures,
            is_in_tax_sales,
            is_in_code_violations
        )) as source_version
    from by_parcel
)

select * from final
