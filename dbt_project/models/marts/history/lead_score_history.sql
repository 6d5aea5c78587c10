-- One row per property and run date on which its score or tier changed, from the snapshot of lead_scores;
-- with two runs on a day the last one counts. lead_score_daily expands it to one row a day.
{{
    config(
        unique_key=['county_fips', 'parcel_id_normalized', 'snapshot_date'],
        sync_delete=false,
        indexes=[
            {'columns': ['snapshot_date']},
            {'columns': ['tier', 'snapshot_date']},
            {'columns': ['changed_at']},
        ],
    )
}}

with

versions as (
    select
        *,
        {{ run_date_of('dbt_valid_from') }} as snapshot_date
    from {{ ref('lead_scores_snapshot') }}
    where
        dbt_is_deleted = 'False'
        {% if is_incremental() %}
            -- a snapshot's times only grow, also when a day is run again
            and {{ written_since('dbt_valid_from', this, 'changed_at') }}
        {% endif %}
),

final as (
    select distinct on (county_fips, parcel_id_normalized, snapshot_date)
        county_fips,
        parcel_id_normalized,
        snapshot_date,
        total_score,
        distress_score,
        value_score,
        location_score,
        urgency_score,
        tier,
        ruleset,
        ruleset_version,
        dbt_valid_from as changed_at,
        now() as created_at,
        now() as updated_at
    from versions
    order by county_fips, parcel_id_normalized, snapshot_date, dbt_valid_from desc
)

select * from final
