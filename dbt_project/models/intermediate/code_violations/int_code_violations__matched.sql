-- One row per current code case with the parcel it belongs to: the published parcel id, else the one parcel
-- point nearest to the case within case_to_parcel_max_feet. Units of a condominium share one point: such a
-- case is ambiguous and stays without a parcel.
-- Cost: cases without a parcel id meet only the parcel points of their own and the eight cells around.
with

cases as (
    select * from {{ ref('int_code_violations__located') }}
),

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

unmatched as (
    select
        cases.county_fips,
        cases.case_number,
        place.x_feet,
        place.y_feet,
        settings.max_feet,
        floor(place.x_feet / settings.max_feet)::integer as cell_x,
        floor(place.y_feet / settings.max_feet)::integer as cell_y
    from cases
    cross join settings
    {{ cross_join_state_plane('cases') }}
    where cases.published_parcel_id is null and cases.latitude is not null
),

-- each place is searched once, however many cases it has
places as (
    select
        county_fips,
        x_feet,
        y_feet,
        max_feet,
        cell_x,
        cell_y
    from unmatched
    group by county_fips, x_feet, y_feet, max_feet, cell_x, cell_y
),

place_cells as (
    select
        places.county_fips,
        places.x_feet,
        places.y_feet,
        places.max_feet,
        places.cell_x + step_x as cell_x,
        places.cell_y + step_y as cell_y
    from places
    cross join generate_series(-1, 1) as step_x
    cross join generate_series(-1, 1) as step_y
),

property_cells as (
    select
        properties.*,
        floor(properties.x_feet / settings.max_feet)::integer as cell_x,
        floor(properties.y_feet / settings.max_feet)::integer as cell_y
    from properties
    cross join settings
),

candidates as (
    select
        place_cells.county_fips,
        place_cells.x_feet,
        place_cells.y_feet,
        property_cells.parcel_id_normalized,
        sqrt(
            power(place_cells.x_feet - property_cells.x_feet, 2)
            + power(place_cells.y_feet - property_cells.y_feet, 2)
        ) as distance_feet,
        place_cells.max_feet
    from place_cells
    inner join property_cells
        on
            place_cells.county_fips = property_cells.county_fips
            and place_cells.cell_x = property_cells.cell_x
            and place_cells.cell_y = property_cells.cell_y
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
        cases.source_version
    from cases
    left join located
        on cases.county_fips = located.county_fips and cases.case_number = located.case_number
)

select * from final
