-- One row per current code-enforcement case (City of Orlando only); many cases per property.
{{
    config(
        unique_key=['county_fips', 'case_number'],
        sync_keys='int_code_violations__matched',
        indexes=[
            {'columns': ['county_fips', 'parcel_id_normalized']},
            {'columns': ['opened_date']},
            {'columns': ['closed_date']},
            {'columns': ['status']},
            {'columns': ['coordinates'], 'type': 'gist'},
        ],
    )
}}

with

matched as (
    select * from {{ ref('int_code_violations__matched') }}
),

records as (
    select *
    from {{ ref('stg_orange_fl__code_violations') }}
    where is_current
),

counties as (
    select
        county_fips,
        projection_srid
    from {{ ref('stg_operations__counties') }}
),

changed as (
    select matched.*
    from matched
    {% if is_incremental() %}
        left join {{ this }} as present
            on
                matched.county_fips = present.county_fips
                and matched.case_number = present.case_number
        where
            (matched.source_version, matched.parcel_id_normalized, matched.match_method, matched.match_distance_feet)
            is distinct from
            (present.source_version, present.parcel_id_normalized, present.match_method, present.match_distance_feet)
    {% endif %}
),

-- distinct on: the city may send one row twice, to the letter
described as (
    select distinct on (changed.county_fips, changed.case_number)
        changed.parcel_id_normalized as matched_parcel_id,
        changed.match_method,
        changed.match_distance_feet,
        counties.projection_srid,
        records.*
    from changed
    inner join records on changed.source_version = records.source_version
    left join counties on changed.county_fips = counties.county_fips
    order by changed.county_fips, changed.case_number
),

final as (
    select
        described.county_fips,
        described.case_number,
        described.matched_parcel_id as parcel_id_normalized,
        described.parcel_id_original,
        described.match_method,
        described.match_distance_feet,
        described.violation_type,
        described.violation_type_code,
        described.status,
        described.is_open,
        described.opened_date,
        described.closed_date,
        described.address,
        {{ geography_point('described.longitude', 'described.latitude') }} as coordinates,
        place.x_feet,
        place.y_feet,
        described.value_issues,
        described.raw_data,
        described.source_version,
        described.run_id,
        described.landed_at as data_source_timestamp,
        now() as created_at,
        now() as updated_at
    from described
    {{ cross_join_state_plane('described') }}
)

select * from final
