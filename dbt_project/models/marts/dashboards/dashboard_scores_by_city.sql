-- One row per county and city: leads and their scores. Rates by area also check that areas score alike.
-- Every active property has a score and no other (a test holds that), so the properties are counted without them.
{{ config(materialized='materialized_view', indexes=[{'columns': ['county_fips', 'city'], 'unique': true}]) }}

with

properties as (
    select
        county_fips,
        coalesce(city, 'unknown') as city
    from {{ ref('properties') }}
    where is_active
),

leads as (
    select
        county_fips,
        coalesce(city, 'unknown') as city,
        tier,
        total_score
    from {{ ref('leads') }}
),

property_counts as (
    select
        county_fips,
        city,
        count(*) as scored_properties
    from properties
    group by county_fips, city
),

lead_sums as (
    select
        county_fips,
        city,
        count(*) as leads,
        count(*) filter (where tier = 'A') as tier_a_leads,
        round(avg(total_score), 2) as average_lead_score,
        max(total_score) as best_lead_score
    from leads
    group by county_fips, city
),

final as (
    select
        property_counts.county_fips,
        property_counts.city,
        property_counts.scored_properties,
        coalesce(lead_sums.leads, 0) as leads,
        coalesce(lead_sums.tier_a_leads, 0) as tier_a_leads,
        lead_sums.average_lead_score,
        lead_sums.best_lead_score
    from property_counts
    left join lead_sums
        on
            property_counts.county_fips = lead_sums.county_fips
            and property_counts.city = lead_sums.city
)

select * from final
