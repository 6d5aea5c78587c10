{#- WGS84 point as geography(Point, 4326), null when either coordinate is. Example: {{ geography_point('longitude', 'latitude') }} -#}
{% macro geography_point(longitude, latitude) -%}
    st_setsrid(st_makepoint({{ longitude }}, {{ latitude }}), 4326)::geography(point, 4326)
{%- endmacro %}


{#-
    Lateral join that adds place.x_feet and place.y_feet, a row's point in the county's state plane (US survey
    feet for Florida), reprojected once per row (limit 1).
    Example: from located {{ cross_join_state_plane('located') }}
    Pitfall: the row needs longitude, latitude and projection_srid.
-#}
{% macro cross_join_state_plane(row) -%}
    cross join lateral (
        select
            st_x(plane.point) as x_feet,
            st_y(plane.point) as y_feet
        from (
            select
                st_transform(
                    st_setsrid(st_makepoint({{ row }}.longitude, {{ row }}.latitude), 4326),
                    {{ row }}.projection_srid
                ) as point
            limit 1
        ) as plane
    ) as place
{%- endmacro %}
