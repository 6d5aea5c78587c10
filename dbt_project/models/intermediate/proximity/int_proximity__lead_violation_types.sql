-- One row per lead with code cases nearby: the most frequent case types within the radius, ties by name.
with

case_types as (
    select * from {{ ref('int_proximity__lead_case_types') }}
),

rulesets as (
    select nearby_violation_types_listed from {{ ref('score_rulesets') }}
    where is_active
),

ranked as (
    select
        county_fips,
        parcel_id_normalized,
        violation_type,
        row_number() over (
            partition by county_fips, parcel_id_normalized
            order by cases desc, violation_type
        ) as type_rank
    from case_types
),

final as (
    select
        ranked.county_fips,
        ranked.parcel_id_normalized,
        array_agg(ranked.violation_type order by ranked.type_rank) as violation_types_nearby
    from ranked
    inner join rulesets on ranked.type_rank <= rulesets.nearby_violation_types_listed
    group by ranked.county_fips, ranked.parcel_id_normalized
)

select * from final
