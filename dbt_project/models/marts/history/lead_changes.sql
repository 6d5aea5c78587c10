-- One row per change of a lead: new, gone, tier up or down, sale or auction scheduled, moved or gone, code
-- case opened or closed, market value moved. What alerts read: filter on change_date, or on changed_at for
-- what happened since a run.
{{
    config(
        unique_key=['county_fips', 'parcel_id_normalized', 'changed_at', 'change_type'],
        sync_delete=false,
        indexes=[
            {'columns': ['change_date', 'change_type']},
            {'columns': ['changed_at']},
        ],
    )
}}

with

versions as (
    select *
    from {{ ref('int_history__lead_versions') }}
    {% if is_incremental() %}
        where changed_at >= (select coalesce(max(known.changed_at), '-infinity') from {{ this }} as known)
    {% endif %}
),

settings as (
    select value as value_change_share
    from {{ ref('change_settings') }}
    where setting = 'value_change_share'
),

-- before and after as text, one row per kind of change that may have happened
compared as (
    select
        versions.county_fips,
        versions.parcel_id_normalized,
        versions.changed_at,
        versions.tier,
        versions.total_score,
        changes.change_type,
        changes.before_value,
        changes.after_value
    from versions
    cross join settings
    cross join
        lateral (
            values
            ('new_lead', versions.is_lead and not versions.was_lead, null, versions.tier),
            ('lead_gone', versions.was_lead and not versions.is_lead, versions.tier_before, null),
            ('tier_up', versions.tier < versions.tier_before, versions.tier_before, versions.tier),
            ('tier_down', versions.tier > versions.tier_before, versions.tier_before, versions.tier),
            (
                'sale_scheduled',
                versions.sale_date is not null and versions.sale_date_before is null,
                null,
                versions.sale_date::text
            ),
            (
                'sale_moved',
                versions.sale_date <> versions.sale_date_before,
                versions.sale_date_before::text,
                versions.sale_date::text
            ),
            (
                'sale_gone',
                versions.sale_date is null and versions.sale_date_before is not null,
                versions.sale_date_before::text,
                null
            ),
            (
                'auction_scheduled',
                versions.auction_date is not null and versions.auction_date_before is null,
                null,
                versions.auction_date::text
            ),
            (
                'auction_moved',
                versions.auction_date <> versions.auction_date_before,
                versions.auction_date_before::text,
                versions.auction_date::text
            ),
            (
                'auction_gone',
                versions.auction_date is null and versions.auction_date_before is not null,
                versions.auction_date_before::text,
                null
            ),
            (
                'case_opened',
                versions.open_code_cases > versions.open_code_cases_before,
                versions.open_code_cases_before::text,
                versions.open_code_cases::text
            ),
            (
                'case_closed',
                versions.open_code_cases < versions.open_code_cases_before,
                versions.open_code_cases_before::text,
                versions.open_code_cases::text
            ),
            (
                'value_changed',
                abs(versions.total_market_value - versions.total_market_value_before)
                > settings.value_change_share * versions.total_market_value_before,
                versions.total_market_value_before::text,
                versions.total_market_value::text
            )
        ) as changes (change_type, has_happened, before_value, after_value)
    where changes.has_happened
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        {{ run_date_of('changed_at') }} as change_date,
        changed_at,
        change_type,
        before_value,
        after_value,
        tier,
        total_score::numeric(5, 2) as total_score,
        now() as created_at,
        now() as updated_at
    from compared
)

select * from final
