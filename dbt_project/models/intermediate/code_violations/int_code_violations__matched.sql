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

-- where nothing is searched for: the city says which parcel, or does not say where
without_search as (
    select
        county_fips,
        case_number,
        published_parcel_id,
        source_version
    from {{ ref('int_code_violations__located') }}
    where (published_parcel_id is not null or x_feet is null) {{ to_match }}
),

-- Each place is searched once, however many cases it has. It carries them: a join back to them by place or number
-- has no statistics, and was planned as pairs of everything.
places as (
    select
        county_fips,
        x_feet,
        y_feet,
        array_agg(case_number) as case_numbers,
        array_agg(source_version) as source_versions
    from {{ ref('int_code_violations__located') }}
    where published_parcel_id is null and x_feet is not null {{ to_match }}
    group by county_fips, x_feet, y_feet
),

-- from a cell to those that a parcel point near enough may lie in
searched_cells as (
    select
        grid.county_fips,
        grid.cell_feet,
        settings.max_feet,
        array_agg({{ neighbouring_cell('0', 'step_x', 'step_y') }}) as cell_offsets
    from grid
    cross join settings
    cross join
        lateral (
            select ceil(settings.max_feet / grid.cell_feet)::integer as steps
        ) as reached
    cross join generate_series(-reached.steps, reached.steps) as step_x
    cross join generate_series(-reached.steps, reached.steps) as step_y
    group by grid.county_fips, grid.cell_feet, settings.max_feet
),

-- The nearest parcel point, if any is near enough, and how many parcels share it.
nearest as (
    select
        places.county_fips,
        places.case_numbers,
        places.source_versions,
        closest.parcel_id_normalized,
        closest.distance_feet,
        closest.parcels_at_distance
    from places
    inner join searched_cells on places.county_fips = searched_cells.county_fips
    cross join
        lateral (
            select
                array_agg(
                    {{ grid_cell('places.x_feet', 'places.y_feet', 'searched_cells.cell_feet') }} + cell_offset
                ) as grid_cells
            from unnest(searched_cells.cell_offsets) as cell_offset
        ) as around
    left join
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
                    and cells.x_feet
                    between places.x_feet - searched_cells.max_feet and places.x_feet + searched_cells.max_feet
            ) as near
            where near.distance_feet <= searched_cells.max_feet
            group by near.distance_feet
            order by near.distance_feet
            limit 1
        ) as closest
        on true
),

matched as (
    select
        county_fips,
        case_number,
        published_parcel_id as parcel_id_normalized,
        case when published_parcel_id is not null then 'parcel_id' else 'unmatched' end as match_method,
        null::double precision as match_distance_feet,
        source_version
    from without_search
    union all
    select
        nearest.county_fips,
        found.case_number,
        case when nearest.parcels_at_distance = 1 then nearest.parcel_id_normalized end as parcel_id_normalized,
        case
            when nearest.parcels_at_distance = 1 then 'location'
            when nearest.parcels_at_distance > 1 then 'ambiguous_location'
            else 'unmatched'
        end as match_method,
        case when nearest.parcels_at_distance = 1 then nearest.distance_feet end as match_distance_feet,
        found.source_version
    from nearest
    cross join unnest(nearest.case_numbers, nearest.source_versions) as found (case_number, source_version)
),

final as (
    select
        matched.county_fips,
        matched.case_number,
        matched.parcel_id_normalized,
        matched.match_method,
        round(matched.match_distance_feet::numeric, 1)::numeric(8, 1) as match_distance_feet,
        matched.source_version,
        settings.max_feet,
        now() as changed_at
    from matched
    cross join settings
)

select * from final
