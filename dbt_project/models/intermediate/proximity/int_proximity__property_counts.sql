-- One row per property with a point: the code cases within the search radius (boundary included), in whole numbers and
-- feet of the plane, so that they can be counted on. New and moved properties are counted in full; the others
-- follow the places where cases changed.
-- Cost: case places are copied to the 3 x 3 cells around them and meet properties by integer cell, then plain
-- arithmetic on squared feet decides, compiled (jit) when millions of pairs are met; no PostGIS function runs per pair.
-- depends_on: {{ ref('properties') }}, {{ ref('int_proximity__county_grid') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_keys='properties',
        sync_where=is_located(),
        sync_ignore=['changed_at'],
        sync_may_empty=true,
        unlogged=true,
        jit_when_full=true,
        fillfactor=50,
        indexes=[{'columns': ['county_fips', 'parcel_id_normalized'], 'unique': true}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

case_places as (
    select * from {{ ref('int_proximity__case_places') }}
),

{{ counted_until() }},

{% if is_incremental() %}
    grid as (
        select * from {{ ref('int_proximity__county_grid') }}
    ),

    -- what happened since, and whether any case is left there
    changed_places as (
        select
            changes.county_fips,
            changes.x_feet,
            changes.y_feet,
            {{ grid_cell('changes.x_feet', 'changes.y_feet', 'grid.cell_feet') }} as place_cell,
            sum(changes.cases) as more_cases,
            sum(changes.open_cases) as more_open_cases,
            bool_and(case_places.cases is null) as is_empty
        from {{ ref('int_proximity__case_changes') }} as changes
        inner join grid on changes.county_fips = grid.county_fips
        left join case_places
            on
                changes.county_fips = case_places.county_fips
                and changes.x_feet = case_places.x_feet
                and changes.y_feet = case_places.y_feet
        where changes.changed_at > (select counted_until.changed_at from counted_until)
        group by changes.county_fips, changes.x_feet, changes.y_feet, grid.cell_feet
    ),

    changed_cells as (
        select
            changed_places.*,
            {{ neighbouring_cell('changed_places.place_cell', 'step_x', 'step_y') }} as grid_cell
        from changed_places
        cross join generate_series(-1, 1) as step_x
        cross join generate_series(-1, 1) as step_y
    ),

    touched as (
        select
            near.county_fips,
            near.parcel_id_normalized,
            sum(changed_cells.more_cases) as more_cases,
            sum(changed_cells.more_open_cases) as more_open_cases,
            sum(near.ten_thousandths * changed_cells.more_cases) as more_ten_thousandths,
            min(near.squared_feet) filter (where not changed_cells.is_empty) as nearest_squared_feet,
            min(near.squared_feet) filter (where changed_cells.is_empty) as emptied_squared_feet
        from changed_cells
        cross join
            lateral (
                select
                    cells.county_fips,
                    cells.parcel_id_normalized,
                    {{ squared_planar_distance('cells', 'changed_cells') }} as squared_feet,
                    {{ planar_ten_thousandths('cells', 'changed_cells') }} as ten_thousandths
                from {{ ref('int_proximity__property_cells') }} as cells
                where
                    cells.county_fips = changed_cells.county_fips
                    and cells.grid_cell = changed_cells.grid_cell
                    and {{ squared_planar_distance('cells', 'changed_cells') }}
                    <= cells.reach_feet * cells.reach_feet
                -- keeps the planner, which cannot know how few changed, from sorting all properties
                offset 0
            ) as near
        group by near.county_fips, near.parcel_id_normalized
    ),

    followed as (
        select
            known.county_fips,
            known.parcel_id_normalized,
            known.scale,
            known.cases + touched.more_cases as cases,
            known.open_cases + touched.more_open_cases as open_cases,
            least(known.nearest_squared_feet, touched.nearest_squared_feet) as nearest_squared_feet,
            known.summed_ten_thousandths + touched.more_ten_thousandths as summed_ten_thousandths,
            coalesce(known.nearest_squared_feet = touched.emptied_squared_feet, false) as has_lost_nearest
        from touched
        inner join {{ this }} as known
            on
                touched.county_fips = known.county_fips
                and touched.parcel_id_normalized = known.parcel_id_normalized
    ),
{% endif %}

-- to be counted in full
property_cells as (
    select cells.*
    from {{ ref('int_proximity__property_cells') }} as cells
    {% if is_incremental() %}
        where
            cells.changed_at > (select counted_until.changed_at from counted_until)
            or (cells.county_fips, cells.parcel_id_normalized) in (
                select
                    followed.county_fips,
                    followed.parcel_id_normalized
                from followed
                where followed.has_lost_nearest
            )
    {% endif %}
),

case_cells as (
    select
        case_places.county_fips,
        case_places.x_feet,
        case_places.y_feet,
        case_places.cases,
        case_places.open_cases,
        {{ neighbouring_cell('case_places.grid_cell', 'step_x', 'step_y') }} as grid_cell
    from case_places
    cross join generate_series(-1, 1) as step_x
    cross join generate_series(-1, 1) as step_y
    {% if is_incremental() %}
        where {{ neighbouring_cell('case_places.grid_cell', 'step_x', 'step_y') }} in (
            select property_cells.grid_cell from property_cells
        )
    {% endif %}
),

-- sums of whole numbers do not depend on the order of rows
counted as (
    select
        property_cells.county_fips,
        property_cells.parcel_id_normalized,
        min(property_cells.scale) as scale,
        coalesce(sum(case_cells.cases), 0) as cases,
        coalesce(sum(case_cells.open_cases), 0) as open_cases,
        min({{ squared_planar_distance('property_cells', 'case_cells') }}) as nearest_squared_feet,
        coalesce(sum({{ planar_ten_thousandths('property_cells', 'case_cells') }} * case_cells.cases), 0)
            as summed_ten_thousandths
    from property_cells
    left join case_cells
        on
            property_cells.grid_cell = case_cells.grid_cell
            and property_cells.county_fips = case_cells.county_fips
            and {{ squared_planar_distance('property_cells', 'case_cells') }}
            <= property_cells.reach_feet * property_cells.reach_feet
    group by property_cells.county_fips, property_cells.parcel_id_normalized
    {% if is_incremental() %}
        union all
        select
            county_fips,
            parcel_id_normalized,
            scale,
            cases,
            open_cases,
            nearest_squared_feet,
            summed_ten_thousandths
        from followed
        where
            not has_lost_nearest
            and not exists (
                select from {{ ref('int_proximity__property_cells') }} as moved
                where
                    moved.county_fips = followed.county_fips
                    and moved.parcel_id_normalized = followed.parcel_id_normalized
                    and moved.changed_at > (select counted_until.changed_at from counted_until)
            )
    {% endif %}
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        scale,
        cases::integer as cases,
        open_cases::integer as open_cases,
        nearest_squared_feet,
        summed_ten_thousandths::bigint as summed_ten_thousandths,
        now() as changed_at
    from counted
)

select * from final
{% if not is_incremental() %}
    -- parcel ids follow the survey's sections: what changes together lies on the same pages
    order by county_fips, parcel_id_normalized
{% endif %}
