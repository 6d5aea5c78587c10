-- One row per lead and type of code cases within the search radius: how many. For leads only: pairs of property and
-- case type are many times the pairs of property and place. New and moved leads are counted in full; the
-- others follow the places where cases changed.
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'parcel_id_normalized', 'violation_type'],
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

{{ counted_until() }},

{% if is_incremental() %}
    known as (
        select * from {{ this }}
    ),

    counted_leads as (
        select
            leads.county_fips,
            leads.parcel_id_normalized
        from leads
        where
            leads.changed_at <= (select counted_until.changed_at from counted_until)
            and exists (
                select from known
                where
                    known.county_fips = leads.county_fips
                    and known.parcel_id_normalized = leads.parcel_id_normalized
            )
    ),
{% endif %}

places as (
    select
        changes.county_fips,
        changes.x_feet,
        changes.y_feet,
        {{ grid_cell('changes.x_feet', 'changes.y_feet', 'grid.cell_feet') }} as grid_cell,
        changes.violation_type,
        sum(changes.cases) as cases,
        coalesce(
            sum(changes.cases) filter (
                where changes.changed_at > (select counted_until.changed_at from counted_until)
            ),
            0
        ) as cases_since
    from {{ ref('int_proximity__case_changes') }} as changes
    inner join grid on changes.county_fips = grid.county_fips
    where changes.violation_type is not null
    group by changes.county_fips, changes.x_feet, changes.y_feet, changes.violation_type, grid.cell_feet
),

lead_cells as (
    select
        leads.county_fips,
        leads.parcel_id_normalized,
        leads.x_feet,
        leads.y_feet,
        leads.reach_feet,
        {{ neighbouring_cell('leads.grid_cell', 'step_x', 'step_y') }} as searched_cell,
        {{ 'counted_leads.parcel_id_normalized is not null' if is_incremental() else 'false' }} as is_counted
    from leads
    {% if is_incremental() %}
        left join counted_leads
            on
                leads.county_fips = counted_leads.county_fips
                and leads.parcel_id_normalized = counted_leads.parcel_id_normalized
    {% endif %}
    cross join generate_series(-1, 1) as step_x
    cross join generate_series(-1, 1) as step_y
),

counted as (
    select
        lead_cells.county_fips,
        lead_cells.parcel_id_normalized,
        places.violation_type,
        places.cases
    from lead_cells
    inner join places
        on
            lead_cells.searched_cell = places.grid_cell
            and lead_cells.county_fips = places.county_fips
            and {{ squared_planar_distance('lead_cells', 'places') }} <= lead_cells.reach_feet * lead_cells.reach_feet
    {% if is_incremental() %}
        where not lead_cells.is_counted
        union all
        select
            lead_cells.county_fips,
            lead_cells.parcel_id_normalized,
            places.violation_type,
            places.cases_since as cases
        from lead_cells
        inner join places
            on
                lead_cells.searched_cell = places.grid_cell
                and lead_cells.county_fips = places.county_fips
                and {{ squared_planar_distance('lead_cells', 'places') }}
                <= lead_cells.reach_feet * lead_cells.reach_feet
        where lead_cells.is_counted and places.cases_since <> 0
        union all
        select
            known.county_fips,
            known.parcel_id_normalized,
            known.violation_type,
            known.cases
        from known
        inner join counted_leads
            on
                known.county_fips = counted_leads.county_fips
                and known.parcel_id_normalized = counted_leads.parcel_id_normalized
    {% endif %}
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        violation_type,
        sum(cases)::integer as cases,
        now() as changed_at
    from counted
    group by county_fips, parcel_id_normalized, violation_type
    having sum(cases) > 0
)

select * from final
