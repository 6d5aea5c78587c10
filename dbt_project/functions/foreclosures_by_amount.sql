-- Foreclosure filings by amount in default, largest first. Unknown amounts never match.
select
    foreclosures.county_fips,
    foreclosures.parcel_id_normalized,
    properties.situs_address,
    properties.city,
    foreclosures.default_amount,
    foreclosures.opening_bid,
    foreclosures.recording_date,
    foreclosures.auction_date,
    foreclosures.lender_name,
    foreclosures.record_type,
    foreclosures.is_live,
    lead_scores.total_score,
    lead_scores.tier
from {{ ref('foreclosures') }} as foreclosures
inner join {{ ref('properties') }} as properties
    on
        foreclosures.county_fips = properties.county_fips
        and foreclosures.parcel_id_normalized = properties.parcel_id_normalized
left join {{ ref('lead_scores') }} as lead_scores
    on
        foreclosures.county_fips = lead_scores.county_fips
        and foreclosures.parcel_id_normalized = lead_scores.parcel_id_normalized
where
    foreclosures.default_amount >= foreclosures_by_amount.min_amount
    and (
        foreclosures_by_amount.max_amount is null
        or foreclosures.default_amount <= foreclosures_by_amount.max_amount
    )
    and (foreclosures.is_live or not foreclosures_by_amount.only_live)
order by foreclosures.default_amount desc, foreclosures.county_fips, foreclosures.parcel_id_normalized
