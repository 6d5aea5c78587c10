{#-
    The square grid cell of a planar point as one number, moved by steps of cells in x and y. One number, so that
    a join on cells is one equality and hashes.
    Example: {{ grid_cell('places.x_feet', 'places.y_feet', 'grid.cell_feet', 'step_x', 'step_y') }}
    Pitfall: holds for coordinates from 0 to a million cells, as state planes have them.
-#}
{% macro grid_cell(x_feet, y_feet, cell_feet, step_x=none, step_y=none) -%}
    (
        (floor({{ x_feet }} / {{ cell_feet }})::bigint{{ ' + ' ~ step_x if step_x }}) * 1000000
        + floor({{ y_feet }} / {{ cell_feet }})::bigint{{ ' + ' ~ step_y if step_y }}
    )
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
