-- The landed record of each row of stg_orange_fl__property_records, untouched: a view, so that it is kept once, in raw.
with

landed as (
    select * from {{ source('raw', 'property_records') }}
    where county_fips = '12095'
),

final as (
    select
        payload_hash as source_version,
        _dlt_valid_from as landed_at,
        _dlt_valid_to as retired_at,
        payload as raw_data
    from landed
)

select * from final
