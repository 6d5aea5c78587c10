-- One row per current code case with the parcel it belongs to: the published parcel id, else the one parcel
-- point nearest to the case within case_to_parcel_max_feet. Units of a condominium share one point: such a
-- case is ambiguous and stays without a parcel.
-- Matched again are cases that changed, those whose parcel did, those with a changed parcel around them, and the
-- ambiguous ones: one of their parcels may be gone.
-- Cost: each place of cases without a parcel id looks up the parcel points of its cells of the county's grid.
-- depends_on: {{ ref('properties') }}
{%- set to_match -%}
    {%- if is_incremental() -%}
        and (county_fips, case_number) in (
            select
                touched.county_fips,
                touched.case_number
            from touched
        )
    {%- endif -%}
{%- endset %}
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'case_number'],
        sync_keys='int_code_violations__located',
        sync_ignore=['changed_at'],
        sync_may_empty=true,
        unlogged=true,
        indexes=[{'columns': ['county_fips', 'case_number'], 'unique': true}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

grid as (
    select
        county_fips,
        cell_feet
    from {{ ref('int_proximity__county_grid') }}
),

settings as (
    select value::double precision as max_feet
    from {{ ref('matching_settings') }}
    where setting = 'case_to_parcel_max_feet'
),

{% if is_incremental() %}
    known as (
        select * from {{ this }}
    ),

    changed_properties as (
        select
            county_fips,
            parcel_id_normalized,
            x_feet,
            y_feet
        from {{ ref('properties') }}
        where {{ written_since('updated_at', this, 'changed_at') }}
    ),

    changed_cells as (
        select
            changed_properties.county_fips,
            {{ neighbouring_cell(
                grid_cell('changed_properties.x_feet', 'changed_properties.y_feet', 'settings.max_feet'),
                'step_x', 'step_y'
            ) }} as grid_cell
        from changed_properties
        cross join settings
        cross join generate_series(-1, 1) as step_x
        cross join generate_series(-1, 1) as step_y
        where changed_properties.x_feet is not null
    ),

    touched as (
        select
            located.county_fips,
            located.case_number
        from {{ ref('int_code_violations__located') }} as located
        cross join settings
        left join known on located.county_fips = known.county_fips and located.case_number = known.case_number
        where
            known.source_version is distinct from located.source_version
            or known.max_feet <> settings.max_feet
            or known.match_method = 'ambiguous_location'
            or (
                located.published_parcel_id is null
                and (
                    located.county_fips,
                    {{ grid_cell('located.x_feet', 'located.y_feet', 'settings.max_feet') }}
                ) in (
                    select
                        changed_cells.county_fips,
                        changed_cells.grid_cell
                    from changed_cells
                )
            )
            or (
                known.match_method = 'location'
                and (known.county_fips, known.parcel_id_normalized) in (
                    select
                        changed_properties.county_fips,
                        changed_properties.parcel_id_normalized
                    from changed_properties
                )
            )
    ),
{% endif %}

cases as (
    select * from {{ ref('int_code_violations__located') }}
    where true {{ to_match }}
),

-- imported apart from cases: a CTE read twice keeps no statistics
unmatched as (
    select
        county_fips,
        case_number,
        x_feet,
        y_feet
    from {{ ref('int_code_violations__located') }}
    where published_parcel_id is null and x_feet is not null {{ to_match }}
),

-- each place is searched once, however many cases it has; it keeps them, because nobody can plan a join back to it
places as (
    select
        county_fips,
        x_feet,
        y_feet,
        array_agg(case_number) as case_numbers
    from unmatched
    group by county_fips, x_feet, y_feet
),

-- The nearest parcel point and how many parcels share it. One row a place, so that the planner knows what comes next.
nearest as (
    select
        places.county_fips,
        places.case_numbers,
        closest.parcel_id_normalized,
        closest.distance_feet,
        closest.parcels_at_distance
    from places
    inner join grid on places.county_fips = grid.county_fips
    cross join settings
    cross join
        lateral (
            select
                {{ grid_cell('places.x_feet', 'places.y_feet', 'grid.cell_feet') }} as grid_cell,
                ceil(settings.max_feet / grid.cell_feet)::integer as steps
        ) as own
    cross join
        lateral (
            select array_agg({{ neighbouring_cell('own.grid_cell', 'step_x', 'step_y') }}) as grid_cells
            from generate_series(-own.steps, own.steps) as step_x
            cross join generate_series(-own.steps, own.steps) as step_y
        ) as around
    cross join
        lateral (
            select
                near.distance_feet,
                min(near.parcel_id_normalized) as parcel_id_normalized,
                count(*) as parcels_at_distance
            from (
                select
                    cells.parcel_id_normalized,
                    sqrt({{ squared_planar_distance('places', 'cells') }}) as distance_feet
                from {{ ref('int_proximity__property_cells') }} as cells
                where
                    cells.county_fips = places.county_fips
                    and cells.grid_cell = any(around.grid_cells)
                    and cells.x_feet between places.x_feet - settings.max_feet and places.x_feet + settings.max_feet
            ) as near
            where near.distance_feet <= settings.max_feet
            group by near.distance_feet
            order by near.distance_feet
            limit 1
        ) as closest
),

located as (
    select
        nearest.county_fips,
        found.case_number,
        case when nearest.parcels_at_distance = 1 then nearest.parcel_id_normalized end as parcel_id_normalized,
        case when nearest.parcels_at_distance = 1 then nearest.distance_feet end as match_distance_feet,
        nearest.parcels_at_distance > 1 as is_ambiguous
    from nearest
    cross join unnest(nearest.case_numbers) as found (case_number)
),

final as (
    select
        cases.county_fips,
        cases.case_number,
        coalesce(cases.published_parcel_id, located.parcel_id_normalized) as parcel_id_normalized,
        case
            when cases.published_parcel_id is not null then 'parcel_id'
            when located.parcel_id_normalized is not null then 'location'
            when located.is_ambiguous then 'ambiguous_location'
            else 'unmatched'
        end as match_method,
        round(located.match_distance_feet::numeric, 1)::numeric(8, 1) as match_distance_feet,
        cases.source_version,
        settings.max_feet,
        now() as changed_at
    from cases
    cross join settings
    left join located
        on cases.county_fips = located.county_fips and cases.case_number = located.case_number
)

select * from final
