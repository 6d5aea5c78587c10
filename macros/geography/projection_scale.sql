{#-
    Planar over ground distance of a projection in US survey feet at a point: 1,000 feet in the plane,
    measured on the ellipsoid. Example: {{ projection_scale('x_feet', 'y_feet', 'projection_srid') }}
    Pitfall: two reprojections and a geodesic each; call it per grid cell, not per row.
-#}
{% macro projection_scale(x_feet, y_feet, srid) -%}
    (
        1000 * 1200 / 3937.0 / st_distance(
            st_transform(st_setsrid(st_makepoint({{ x_feet }} - 500, {{ y_feet }}), {{ srid }}), 4326)::geography,
            st_transform(st_setsrid(st_makepoint({{ x_feet }} + 500, {{ y_feet }}), {{ srid }}), 4326)::geography
        )
    )
{%- endmacro %}
