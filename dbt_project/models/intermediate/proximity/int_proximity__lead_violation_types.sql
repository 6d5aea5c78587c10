-- One row per lead with code cases nearby: the most frequent case types within the radius, ties by name.
-- For leads only: pairs of property and case type are many times the pairs of property and place. Each lead looks up
-- the 3 x 3 cells around it (lateral), so that nothing is sorted or hashed for all of them.
with

leads as (
    select
        property_cells.county_fips,
        property_cells.parcel_id_normalized,
        property_cells.x_feet,
        property_cells.y_feet,
        cell_scales.reach_feet,
        array[
            {%- for step_x in [-1, 0, 1] -%}
                {%- for step_y in [-1, 0, 1] %}
                    property_cells.grid_cell
                    + {{ step_x * 1000000 + step_y }}{{ ',' if not (step_x == 1 and step_y == 1) }}
                {%- endfor -%}
            {%- endfor %}
        ] as searched_cells
    from {{ ref('int_scoring__lead_signals') }} as lead_signals
    inner join {{ ref('int_proximity__property_cells') }} as property_cells
        on
            lead_signals.county_fips = property_cells.county_fips
            and lead_signals.parcel_id_normalized = property_cells.parcel_id_normalized
    inner join {{ ref('int_proximity__cell_scales') }} as cell_scales
        on
            property_cells.county_fips = cell_scales.county_fips
            and property_cells.grid_cell = cell_scales.grid_cell
),

rulesets as (
    select nearby_violation_types_listed from {{ ref('score_rulesets') }}
    where is_active
),

final as (
    select
        leads.county_fips,
        leads.parcel_id_normalized,
        listed.violation_types_nearby
    from leads
    cross join rulesets
    cross join
        lateral (
            select array_agg(ranked.violation_type order by ranked.type_rank) as violation_types_nearby
            from (
                select
                    case_types.violation_type,
                    row_number() over (order by sum(case_types.cases) desc, case_types.violation_type) as type_rank
                from {{ ref('int_proximity__case_types') }} as case_types
                where
                    case_types.county_fips = leads.county_fips
                    and case_types.grid_cell = any(leads.searched_cells)
                    and {{ squared_planar_distance('leads', 'case_types') }} <= leads.reach_feet * leads.reach_feet
                group by case_types.violation_type
            ) as ranked
            where ranked.type_rank <= rulesets.nearby_violation_types_listed
        ) as listed
    where listed.violation_types_nearby is not null
)

select * from final
