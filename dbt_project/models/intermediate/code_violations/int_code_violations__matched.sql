-- One row per current code case with the parcel it belongs to: the published parcel id, else the one parcel
-- point nearest to the case within case_to_parcel_max_feet. Units of a condominium share one point: such a
-- case is ambiguous and stays without a parcel.
-- Matched again are cases that changed, those whose parcel did, those with a changed parcel around them, and the
-- ambiguous ones: one of their parcels may be gone.
-- Cost: cases without a parcel id meet only the parcel points of their own and the eight cells around.
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

properties as (
    select
        county_fips,
        parcel_id_normalized,
        x_feet,
        y_feet
    from {{ ref('properties') }}
    where is_active and x_feet is not null
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
        where updated_at > (select coalesce(max(newest.changed_at), '-infinity') from {{ this }} as newest)
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

-- each place is searched once, however many cases it has
places as (
    select
        county_fips,
        x_feet,
        y_feet
    from unmatched
    group by county_fips, x_feet, y_feet
),

place_cells as (
    select
        places.county_fips,
        places.x_feet,
        places.y_feet,
        settings.max_feet,
        {{ neighbouring_cell(grid_cell('places.x_feet', 'places.y_feet', 'settings.max_feet'), 'step_x', 'step_y') }}
            as grid_cell
    from places
    cross join settings
    cross join generate_series(-1, 1) as step_x
    cross join generate_series(-1, 1) as step_y
),

property_cells as (
    select
        properties.county_fips,
        properties.parcel_id_normalized,
        properties.x_feet,
        properties.y_feet,
        {{ grid_cell('properties.x_feet', 'properties.y_feet', 'settings.max_feet') }} as grid_cell
    from properties
    cross join settings
),

candidates as (
    select
        place_cells.county_fips,
        place_cells.x_feet,
        place_cells.y_feet,
        property_cells.parcel_id_normalized,
        sqrt({{ squared_planar_distance('place_cells', 'property_cells') }}) as distance_feet,
        place_cells.max_feet
    from place_cells
    inner join property_cells
        on
            place_cells.county_fips = property_cells.county_fips
            and place_cells.grid_cell = property_cells.grid_cell
),

ranked as (
    select
        *,
        rank() over (partition by county_fips, x_feet, y_feet order by distance_feet) as distance_rank
    from candidates
    where distance_feet <= max_feet
),

nearest as (
    select
        county_fips,
        x_feet,
        y_feet,
        min(parcel_id_normalized) as parcel_id_normalized,
        min(distance_feet) as distance_feet,
        count(*) as parcels_at_distance
    from ranked
    where distance_rank = 1
    group by county_fips, x_feet, y_feet
),

located as (
    select
        unmatched.county_fips,
        unmatched.case_number,
        case when nearest.parcels_at_distance = 1 then nearest.parcel_id_normalized end as parcel_id_normalized,
        case when nearest.parcels_at_distance = 1 then nearest.distance_feet end as match_distance_feet,
        nearest.parcels_at_distance > 1 as is_ambiguous
    from unmatched
    left join nearest
        on
            unmatched.county_fips = nearest.county_fips
            and unmatched.x_feet = nearest.x_feet
            and unmatched.y_feet = nearest.y_feet
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
