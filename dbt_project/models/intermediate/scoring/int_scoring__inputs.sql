-- One row per active property with every input that rules may name. Null means unknown or not applicable:
-- no rule fires on it. missing_inputs says which unknowns the score had to do without. changed_at moves when
-- anything else of the row does, rules included: what must be scored again.
-- Looked at again is what was written since the newest change here, and whatever has a date that comes nearer.
-- depends_on: {{ ref('int_proximity__property_counts') }}
{%- set is_touched -%}
    {%- if is_incremental() -%}
        and (county_fips, parcel_id_normalized) in (
            select
                touched.county_fips,
                touched.parcel_id_normalized
            from touched
        )
    {%- endif -%}
{%- endset %}
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_keys='properties',
        sync_where='is_active',
        sync_ignore=['changed_at'],
        sync_may_empty=true,
        unlogged=true,
        fillfactor=50,
        indexes=[{'columns': ['county_fips', 'parcel_id_normalized'], 'unique': true}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

rules_version as (
    select * from {{ ref('int_scoring__rules_version') }}
),

{% if is_incremental() %}
    -- what is written up to then needs no look, unless a rule changed
    known_until as (
        select
            case
                when bool_and(known.rules_version = rules_version.rules_version)
                    then (select max(newest.changed_at) from {{ this }} as newest)
                else '-infinity'
            end as changed_at
        from rules_version
        cross join (select rules_version from {{ this }} limit 1) as known
    ),

    touched as (
        {% for written, written_at in {
            'properties': 'updated_at',
            'property_records': 'updated_at',
            'int_proximity__property_counts': 'changed_at',
        }.items() %}
            select
                county_fips,
                parcel_id_normalized
            from {{ ref(written) }}
            -- two bounds as in macro written_since
            where
                {{ written_at }} > (select known_until.changed_at from known_until)
                and {{ written_at }} < 'infinity'
            union
        {% endfor %}
        select
            county_fips,
            parcel_id_normalized
        from {{ ref('tax_sales') }}
        union
        select
            county_fips,
            parcel_id_normalized
        from {{ ref('foreclosures') }}
        where is_live
        union
        select
            county_fips,
            parcel_id_normalized
        from {{ this }}
        where has_tax_sale = 1 or has_live_foreclosure = 1
    ),
{% endif %}

properties as (
    select
        county_fips,
        parcel_id_normalized,
        coordinates_source
    from {{ ref('properties') }}
    where is_active {{ is_touched }}
),

property_records as (
    select
        county_fips,
        parcel_id_normalized,
        total_market_value,
        taxes,
        living_area_sqft,
        equity_percent,
        zoning_code
    from {{ ref('property_records') }}
    where true {{ is_touched }}
),

tax_sales as (
    select
        county_fips,
        parcel_id_normalized,
        sale_date
    from {{ ref('tax_sales') }}
),

live_foreclosures as (
    select
        county_fips,
        parcel_id_normalized,
        default_amount,
        auction_date
    from {{ ref('foreclosures') }}
    where is_live
),

nearby_cases as (
    select * from {{ ref('int_proximity__nearby_cases') }}
    where true {{ is_touched }}
),

-- jurisdictions whose code cases a source publishes; elsewhere "no case nearby" is not known
covered_jurisdictions as (
    select
        county_fips,
        jurisdiction_code
    from {{ ref('code_case_jurisdictions') }}
),

joined as (
    select
        properties.county_fips,
        properties.parcel_id_normalized,
        properties.coordinates_source is not null as has_point,
        property_records.parcel_id_normalized is not null as has_property_record,
        covered_jurisdictions.jurisdiction_code is not null as is_in_covered_jurisdiction,
        tax_sales.parcel_id_normalized is not null as is_in_tax_sale,
        tax_sales.sale_date,
        live_foreclosures.parcel_id_normalized is not null as is_in_live_foreclosure,
        live_foreclosures.auction_date,
        live_foreclosures.default_amount as live_default_amount,
        property_records.equity_percent,
        property_records.total_market_value,
        100 * property_records.taxes / property_records.total_market_value as tax_burden_percent,
        property_records.taxes,
        property_records.living_area_sqft,
        nearby_cases.nearby_violations,
        nearby_cases.nearby_open_violations,
        nearby_cases.nearest_violation_distance,
        nearby_cases.avg_violation_distance
    from properties
    left join property_records
        on
            properties.county_fips = property_records.county_fips
            and properties.parcel_id_normalized = property_records.parcel_id_normalized
    left join covered_jurisdictions
        on
            properties.county_fips = covered_jurisdictions.county_fips
            and split_part(property_records.zoning_code, '-', 1) = covered_jurisdictions.jurisdiction_code
    left join tax_sales
        on
            properties.county_fips = tax_sales.county_fips
            and properties.parcel_id_normalized = tax_sales.parcel_id_normalized
    left join live_foreclosures
        on
            properties.county_fips = live_foreclosures.county_fips
            and properties.parcel_id_normalized = live_foreclosures.parcel_id_normalized
    left join nearby_cases
        on
            properties.county_fips = nearby_cases.county_fips
            and properties.parcel_id_normalized = nearby_cases.parcel_id_normalized
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        case when is_in_tax_sale then 1 end as has_tax_sale,
        sale_date,
        sale_date - {{ as_of() }} as days_to_tax_sale,
        case when is_in_live_foreclosure then 1 end as has_live_foreclosure,
        auction_date,
        auction_date - {{ as_of() }} as days_to_auction,
        live_default_amount,
        equity_percent,
        total_market_value,
        tax_burden_percent,
        living_area_sqft,
        1 as location_base,
        -- without a point the neighbourhood is unknown; with one, no row nearby means none
        case when has_point then coalesce(nearby_violations, 0) end as nearby_violations,
        case when has_point then coalesce(nearby_open_violations, 0) end as nearby_open_violations,
        case when has_point then nearest_violation_distance end as nearest_violation_distance,
        case when has_point then avg_violation_distance end as avg_violation_distance,
        {{ flags_array({
            'location': 'not has_point',
            'property_record': 'not has_property_record',
            'assessed_or_market_value': 'has_property_record and equity_percent is null',
            'taxes': 'has_property_record and taxes is null',
            'living_area': 'has_property_record and living_area_sqft is null',
            'tax_sale_date': 'is_in_tax_sale and sale_date is null',
            'default_amount': 'is_in_live_foreclosure and live_default_amount is null',
            'code_case_coverage': 'has_point and not is_in_covered_jurisdiction',
        }) }} as missing_inputs,
        (select rules_version.rules_version from rules_version) as rules_version,
        now() as changed_at
    from joined
)

select * from final
{% if not is_incremental() %}
    -- parcel ids follow the survey's sections: what changes together lies on the same pages
    order by county_fips, parcel_id_normalized
{% endif %}
