-- One row per registered county: what SQL needs to know of it (loaders/registry.yaml is the source).
with

counties as (
    select * from {{ source('ops', 'registry_counties') }}
),

final as (
    select
        county_fips,
        county_name,
        state_code,
        time_zone,
        projection_srid,
        latitude_min,
        latitude_max,
        longitude_min,
        longitude_max
    from counties
)

select * from final
