-- One row per current code-enforcement case (City of Orlando only); many cases per property.
-- depends_on: {{ ref('int_code_violations__located') }}
{{
    config(
        unique_key=['county_fips', 'case_number'],
        sync_keys='int_code_violations__located',
        indexes=[
            {'columns': ['county_fips', 'parcel_id_normalized']},
            {'columns': ['opened_date']},
            {'columns': ['closed_date']},
            {'columns': ['status']},
            {'columns': ['updated_at']},
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

payloads as (
    select
        source_version,
        raw_data
    from {{ ref('stg_orange_fl__code_violation_payloads') }}
    where retired_at is null
),

changed as (
    select matched.*
    from matched
    {% if is_incremental() %}
        where {{ written_since('matched.changed_at', this, 'updated_at') }}
    {% endif %}
),

final as (
    select
        changed.county_fips,
        changed.case_number,
        changed.parcel_id_normalized,
        records.parcel_id_original,
        changed.match_method,
        changed.match_distance_feet,
        records.violation_type,
        records.violation_type_code,
        records.status,
        records.is_open,
        records.opened_date,
        records.closed_date,
        records.address,
        {{ geography_point('records.longitude', 'records.latitude') }} as coordinates,
        records.x_feet,
        records.y_feet,
        records.value_issues,
        payloads.raw_data,
        changed.source_version,
        records.run_id,
        records.landed_at as data_source_timestamp,
        now() as created_at,
        now() as updated_at
    from changed
    inner join records on changed.source_version = records.source_version
    inner join payloads on changed.source_version = payloads.source_version
)

select * from final
