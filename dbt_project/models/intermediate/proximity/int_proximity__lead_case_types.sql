-- One row per lead and type of code cases within the search radius: how many. For leads only: pairs of property and
-- case type are many times the pairs of property and place. New and moved leads are counted in full; the others
-- follow the places where cases changed.
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'parcel_id_normalized', 'violation_type'],
        sync_gone='cases = 0',
        sync_ignore=['changed_at'],
        sync_may_empty=true,
        unlogged=true,
        indexes=[{'columns': ['county_fips', 'parcel_id_normalized', 'violation_type'], 'unique': true}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

grid as (
    select * from {{ ref('int_proximity__county_grid') }}
),

leads as (
    select
        property_cells.county_fips,
        property_cells.parcel_id_normalized,
        property_cells.x_feet,
        property_cells.y_feet,
        property_cells.grid_cell,
        property_cells.reach_feet,
        property_cells.changed_at
    from {{ ref('int_scoring__lead_signals') }} as lead_signals
    inner join {{ ref('int_proximity__property_cells') }} as property_cells
        on
            lead_signals.county_fips = property_cells.county_fips
            and lead_signals.parcel_id_normalized = property_cells.parcel_id_normalized
),

case_changes as (
    select
        changes.county_fips,
        changes.x_feet,
        changes.y_feet,
        {{ grid_cell('changes.x_feet', 'changes.y_feet', 'grid.cell_feet') }} as grid_cell,
        changes.violation_type,
        changes.cases,
        changes.changed_at
    from {{ ref('int_proximity__case_changes') }} as changes
    inner join grid on changes.county_fips = grid.county_fips
    where changes.violation_type is not null
),

lead_cells as (
    select
        leads.*,
        {{ neighbouring_cell('leads.grid_cell', 'step_x', 'step_y') }} as searched_cell
    from leads
    cross join generate_series(-1, 1) as step_x
    cross join generate_series(-1, 1) as step_y
),

{% if is_incremental() %}
    {{ counted_until() }},

    known as (
        select * from {{ this }}
    ),

    new_leads as (
        select
            leads.county_fips,
            leads.parcel_id_normalized
        from leads
        where
            leads.changed_at > (select counted_until.changed_at from counted_until)
            or not exists (
                select from known
                where
                    known.county_fips = leads.county_fips
                    and known.parcel_id_normalized = leads.parcel_id_normalized
            )
    ),

    followed as (
        select
            lead_cells.county_fips,
            lead_cells.parcel_id_normalized,
            case_changes.violation_type,
            sum(case_changes.cases)::integer as more_cases
        from lead_cells
        inner join case_changes
            on
                lead_cells.searched_cell = case_changes.grid_cell
                and lead_cells.county_fips = case_changes.county_fips
                and {{ squared_planar_distance('lead_cells', 'case_changes') }}
                <= lead_cells.reach_feet * lead_cells.reach_feet
        where
            case_changes.changed_at > (select counted_until.changed_at from counted_until)
            and (lead_cells.county_fips, lead_cells.parcel_id_normalized) not in (
                select
                    new_leads.county_fips,
                    new_leads.parcel_id_normalized
                from new_leads
            )
        group by lead_cells.county_fips, lead_cells.parcel_id_normalized, case_changes.violation_type
    ),
{% endif %}

-- in full
to_count as (
    select * from lead_cells
    {% if is_incremental() %}
        where (county_fips, parcel_id_normalized) in (
            select
                new_leads.county_fips,
                new_leads.parcel_id_normalized
            from new_leads
        )
    {% endif %}
),

places as (
    select
        county_fips,
        x_feet,
        y_feet,
        grid_cell,
        violation_type,
        sum(cases) as cases
    from case_changes
    {% if is_incremental() %}
        where (county_fips, grid_cell) in (
            select
                to_count.county_fips,
                to_count.searched_cell
            from to_count
        )
    {% endif %}
    group by county_fips, x_feet, y_feet, grid_cell, violation_type
),

counted as (
    select
        to_count.county_fips,
        to_count.parcel_id_normalized,
        places.violation_type,
        sum(places.cases)::integer as cases
    from to_count
    inner join places
        on
            to_count.searched_cell = places.grid_cell
            and to_count.county_fips = places.county_fips
            and {{ squared_planar_distance('to_count', 'places') }} <= to_count.reach_feet * to_count.reach_feet
    group by to_count.county_fips, to_count.parcel_id_normalized, places.violation_type
    having sum(places.cases) > 0
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        violation_type,
        cases,
        now() as changed_at
    from counted
    {% if is_incremental() %}
        union all
        select
            followed.county_fips,
            followed.parcel_id_normalized,
            followed.violation_type,
            coalesce(known.cases, 0) + followed.more_cases as cases,
            now() as changed_at
        from followed
        left join known
            on
                followed.county_fips = known.county_fips
                and followed.parcel_id_normalized = known.parcel_id_normalized
                and followed.violation_type = known.violation_type
        union all
        -- of former leads, and of leads that moved away from them
        select
            known.county_fips,
            known.parcel_id_normalized,
            known.violation_type,
            0 as cases,
            now() as changed_at
        from known
        where
            (
                (known.county_fips, known.parcel_id_normalized) not in (
                    select
                        leads.county_fips,
                        leads.parcel_id_normalized
                    from leads
                )
                or (known.county_fips, known.parcel_id_normalized) in (
                    select
                        new_leads.county_fips,
                        new_leads.parcel_id_normalized
                    from new_leads
                )
            )
            and not exists (
                select from counted
                where
                    counted.county_fips = known.county_fips
                    and counted.parcel_id_normalized = known.parcel_id_normalized
                    and counted.violation_type = known.violation_type
            )
    {% endif %}
)

select * from final
