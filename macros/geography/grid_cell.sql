{#-
    The square grid cell of a planar point as one number, so that a join on cells is one equality and hashes.
    Example: {{ grid_cell('places.x_feet', 'places.y_feet', 'grid.cell_feet') }}
    Pitfall: holds for coordinates from 0 to a million cells, as state planes have them.
-#}
{% macro grid_cell(x_feet, y_feet, cell_feet) -%}
    (floor({{ x_feet }} / {{ cell_feet }})::bigint * 1000000 + floor({{ y_feet }} / {{ cell_feet }})::bigint)
{%- endmacro %}


{#- The cell so many cells further in x and y. Example: {{ neighbouring_cell('places.grid_cell', 'step_x', 'step_y') }} -#}
{% macro neighbouring_cell(cell, step_x, step_y) -%}
    ({{ cell }} + {{ step_x }} * 1000000 + {{ step_y }})
{%- endmacro %}


{#-
    Square of the distance in the plane of two rows with x_feet and y_feet: enough to compare, and cheaper.
    Example: {{ squared_planar_distance('properties', 'places') }}
-#}
{% macro squared_planar_distance(one, other) -%}
    (
        ({{ one }}.x_feet - {{ other }}.x_feet) * ({{ one }}.x_feet - {{ other }}.x_feet)
        + ({{ one }}.y_feet - {{ other }}.y_feet) * ({{ one }}.y_feet - {{ other }}.y_feet)
    )
{%- endmacro %}


{#-
    Distance in the plane of two rows with x_feet and y_feet, in whole ten-thousandths of a foot. A floating-point number
    all the same: whole ones add up exactly, in any order, and much faster than sums of bigint, which are numeric.
-#}
{% macro planar_ten_thousandths(one, other) -%}
    round(sqrt({{ squared_planar_distance(one, other) }}) * 10000)
{%- endmacro %}
