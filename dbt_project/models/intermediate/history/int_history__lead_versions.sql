-- One row per version of a lead in leads_snapshot beside the version before it. A deletion record and a
-- lead's first version have nothing after, or nothing before.
with

snapshots as (
    select * from {{ ref('leads_snapshot') }}
),

present as (
    select
        county_fips,
        parcel_id_normalized,
        dbt_valid_from as changed_at,
        dbt_is_deleted = 'False' as is_lead,
        case when dbt_is_deleted = 'False' then tier end as tier,
        case when dbt_is_deleted = 'False' then total_score end as total_score,
        case when dbt_is_deleted = 'False' then sale_date end as sale_date,
        case when dbt_is_deleted = 'False' then auction_date end as auction_date,
        case when dbt_is_deleted = 'False' then open_code_cases else 0 end as open_code_cases,
        case when dbt_is_deleted = 'False' then total_market_value end as total_market_value
    from snapshots
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        changed_at,
        is_lead,
        tier,
        total_score,
        sale_date,
        auction_date,
        open_code_cases,
        total_market_value,
        coalesce(lag(is_lead) over versions, false) as was_lead,
        lag(tier) over versions as tier_before,
        lag(total_score) over versions as total_score_before,
        lag(sale_date) over versions as sale_date_before,
        lag(auction_date) over versions as auction_date_before,
        coalesce(lag(open_code_cases) over versions, 0) as open_code_cases_before,
        lag(total_market_value) over versions as total_market_value_before
    from present
    window versions as (partition by county_fips, parcel_id_normalized order by changed_at)
)

select * from final
