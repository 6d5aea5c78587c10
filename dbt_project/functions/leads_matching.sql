-- Leads, best first. A filter that is not given does not filter.
select
    leads.county_fips,
    leads.parcel_id_normalized,
    leads.situs_address,
    leads.city,
    leads.zip_code,
    leads.total_score,
    leads.tier,
    leads.reasons,
    leads.signals,
    leads.sale_date,
    leads.auction_date,
    leads.total_market_value,
    leads.equity_percent,
    leads.latitude,
    leads.longitude
from {{ ref('leads') }} as leads
where
    (leads_matching.wanted_tier is null or leads.tier = upper(leads_matching.wanted_tier))
    and (leads_matching.min_score is null or leads.total_score >= leads_matching.min_score)
    and (leads_matching.max_score is null or leads.total_score <= leads_matching.max_score)
    and (leads_matching.wanted_city is null or leads.city = upper(leads_matching.wanted_city))
    and (leads_matching.county is null or leads.county_fips = leads_matching.county)
order by leads.total_score desc, leads.county_fips, leads.parcel_id_normalized
limit leads_matching.max_rows
