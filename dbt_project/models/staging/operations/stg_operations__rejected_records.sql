-- One row per record that JSONB cannot hold as sent, or that came without a key: kept verbatim by the loader.
with

rejected as (
    select * from {{ source('raw', 'rejected_records') }}
),

final as (
    select
        county_fips,
        source_type,
        source_key,
        reason,
        record,
        record_hash,
        run_id,
        fetched_at
    from rejected
)

select * from final
