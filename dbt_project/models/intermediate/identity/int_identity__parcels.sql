-- One row per parcel any source ever named: which version of each source describes it, and whether any
-- source still holds it. source_version changes whenever anything that makes up the property changes.
-- Looked at again are the parcels of versions that staging parsed or retired since, and those of the two small sources.
-- Of several versions of a source the current one describes the parcel, else the last one seen; of those with equal
-- claim the largest polygon, the newest filing or sale, the oldest case.
{%- set best_version_first = {
    'property_records': 'lot_size_acres desc nulls last',
    'foreclosures': 'recording_date desc nulls last',
    'tax_sales': 'sale_date desc nulls last',
    'code_violations': 'opened_date',
} %}
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_ignore=['changed_at'],
        sync_delete=false,
        unlogged=true,
        indexes=[
            {'columns': ['county_fips', 'parcel_id_normalized'], 'unique': true},
            {'columns': ['changed_at']},
        ],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

{% if is_incremental() %}
    touched as (
        {% for staged in ['property_records', 'code_violations'] %}
            select
                county_fips,
                parcel_id_normalized
            from {{ ref('stg_orange_fl__' ~ staged) }}
            where
                {{ written_since('changed_at', this, 'changed_at') }}
                and is_accepted
                and parcel_id_normalized is not null
            union
        {% endfor %}
        select
            county_fips,
            parcel_id_normalized
        from {{ ref('stg_orange_fl__foreclosures') }}
        where is_accepted
        union
        select
            county_fips,
            parcel_id_normalized
        from {{ ref('stg_orange_fl__tax_sales') }}
        where is_accepted
    ),
{% endif %}

{% for source_type, order in best_version_first.items() %}
    {{ source_type }} as (
        select distinct on (county_fips, parcel_id_normalized)
            county_fips,
            parcel_id_normalized,
            source_version,
            retired_at,
            is_current,
            '{{ source_type }}' as source_type
        from {{ ref('stg_orange_fl__' ~ source_type) }}
        where
            is_accepted
            and parcel_id_normalized is not null
            {% if is_incremental() %}
                and (county_fips, parcel_id_normalized) in (
                    select
                        touched.county_fips,
                        touched.parcel_id_normalized
                    from touched
                )
            {% endif %}
        order by
            county_fips,
            parcel_id_normalized,
            is_current desc,
            retired_at desc nulls last,
            {{ order }},
            source_version
    ),

{% endfor %}
sightings as (
    {% for source_type in best_version_first %}
        select * from {{ source_type }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
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
        )) as source_version,
        now() as changed_at
    from by_parcel
)

select * from final
{% if not is_incremental() %}
    -- parcel ids follow the survey's sections: what changes together lies on the same pages
    order by county_fips, parcel_id_normalized
{% endif %}
