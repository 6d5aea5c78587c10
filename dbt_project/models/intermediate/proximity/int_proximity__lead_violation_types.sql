-- One row per lead with code cases nearby: the most frequent case types within the radius, ties by name.
-- For leads only: pairs of property and case type are many times the pairs of property and place.
with

leads as (
    select
        property_cells.county_fips,
        property_cells.parcel_id_normalized,
        property_cells.x_feet,
        property_cells.y_feet,
        property_cells.grid_cell,
        cell_scales.scale
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

lead_cells as (
    select
        leads.*,
        grid.radius_feet,
        {{ grid_cell('leads.x_feet', 'leads.y_feet', 'grid.cell_feet', 'step_x', 'step_y') }} as searched_cell
    from leads
    inner join {{ ref('int_proximity__county_grid') }} as grid on leads.county_fips = grid.county_fips
    cross join generate_series(-1, 1) as step_x
    cross join generate_series(-1, 1) as step_y
),

case_types as (
    select
        code_violations.county_fips,
        code_violations.violation_type,
        code_violations.x_feet,
        code_violations.y_feet,
        {{ grid_cell('code_violations.x_feet', 'code_violations.y_feet', 'grid.cell_feet') }} as grid_cell,
        count(*) as cases
    from {{ ref('code_violations') }} as code_violations
    inner join {{ ref('int_proximity__county_grid') }} as grid
        on code_violations.county_fips = grid.county_fips
    where code_violations.x_feet is not null and code_violations.violation_type is not null
    group by
        code_violations.county_fips,
        code_violations.violation_type,
        code_violations.x_feet,
        code_violations.y_feet,
        grid.cell_feet
),

rulesets as (
    select nearby_violation_types_listed from {{ ref('score_rulesets') }}
    where is_active
),

type_counts as (
    select
        lead_cells.county_fips,
        lead_cells.parcel_id_normalized,
        case_types.violation_type,
        sum(case_types.cases) as cases
    from lead_cells
    inner join case_types
        on
            lead_cells.county_fips = case_types.county_fips
            and lead_cells.searched_cell = case_types.grid_cell
    where
        {{ planar_distance('lead_cells', 'case_types') }} / lead_cells.scale
        <= lead_cells.radius_feet + 0.0003
    group by lead_cells.county_fips, lead_cells.parcel_id_normalized, case_types.violation_type
),

ranked as (
    select
        *,
        row_number() over (
            partition by county_fips, parcel_id_normalized
            order by cases desc, violation_type
        ) as type_rank
    from type_counts
),

final as (
    select
        ranked.county_fips,
        ranked.parcel_id_normalized,
        array_agg(ranked.violation_type order by ranked.type_rank) as violation_types_nearby
    from ranked
    cross join rulesets
    where ranked.type_rank <= rulesets.nearby_violation_types_listed
    group by ranked.county_fips, ranked.parcel_id_normalized
)

select * from final
