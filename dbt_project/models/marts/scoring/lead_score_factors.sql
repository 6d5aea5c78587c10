-- One row per lead and rule that fired: why the lead has its score. Kept for leads; int_scoring__factors
-- computes the same rows for any property.
{{
    config(
        unique_key=['county_fips', 'parcel_id_normalized', 'component', 'rule', 'band'],
        sync_may_empty=true,
    )
}}

with

leads as (
    select
        county_fips,
        parcel_id_normalized
    from {{ ref('int_scoring__lead_signals') }}
),

scored as (
    select
        county_fips,
        parcel_id_normalized
    from {{ ref('lead_scores') }}
),

factors as (
    select * from {{ ref('int_scoring__factors') }}
),

final as (
    select
        factors.county_fips,
        factors.parcel_id_normalized,
        factors.ruleset,
        factors.ruleset_version,
        factors.component,
        factors.component_order,
        factors.rule,
        factors.rule_order,
        factors.band,
        factors.points::numeric(9, 4) as points,
        jsonb_build_object('input', factors.input, 'value', factors.input_value) as evidence,
        factors.reason,
        now() as created_at,
        now() as updated_at
    from factors
    inner join leads
        on
            factors.county_fips = leads.county_fips
            and factors.parcel_id_normalized = leads.parcel_id_normalized
    inner join scored
        on
            factors.county_fips = scored.county_fips
            and factors.parcel_id_normalized = scored.parcel_id_normalized
)

select * from final
