-- One row per current code case: the newest version landed of its case number.
with

cases as (
    select *
    from {{ ref('stg_orange_fl__code_violations') }}
    where is_current and rejection_reasons = '{}'
),

counties as (
    select
        county_fips,
        projection_srid
    from {{ ref('stg_operations__counties') }}
),

final as (
    select distinct on (cases.county_fips, cases.case_number)
        cases.county_fips,
        cases.case_number,
        cases.parcel_id_normalized as published_parcel_id,
        cases.latitude,
        cases.longitude,
        counties.projection_srid,
        cases.source_version
    from cases
    left join counties on cases.county_fips = counties.county_fips
    order by cases.county_fips, cases.case_number, cases.landed_at desc, cases.source_version
)

select * from final
