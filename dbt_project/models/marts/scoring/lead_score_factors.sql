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
    from leads
    inner join scored
        on
            leads.county_fips = scored.county_fips
            and leads.parcel_id_normalized = scored.parcel_id_normalized
    cross join lateral (
        select explained.*
        from {{ ref('int_scoring__factors') }} as explained
        where
            explained.county_fips = leads.county_fips
            and explained.parcel_id_normalized = leads.parcel_id_normalized
        -- keeps the planner from working out the factors of all properties first
        offset 0
    ) as factors
)

select * from final
