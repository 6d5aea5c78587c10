-- One row per parcel the roll ever held: which landed version describes it now, or described it last.
-- A parcel of several polygons has several rows of one PARCEL; the largest polygon stands for it.
with

roll as (
    select
        county_fips,
        parcel_id_normalized,
        source_version,
        lot_size_acres,
        landed_at,
        retired_at,
        is_current
    from {{ ref('stg_orange_fl__property_records') }}
    where rejection_reasons = '{}'
),

final as (
    select distinct on (county_fips, parcel_id_normalized)
        county_fips,
        parcel_id_normalized,
        source_version,
        retired_at,
        is_current
    from roll
    order by
        county_fips,
        parcel_id_normalized,
        is_current desc,
        retired_at desc nulls last,
        lot_size_acres desc nulls last,
        source_version
)

select * from final
