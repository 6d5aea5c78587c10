"""Neighbourhood counts and distances agree with PostGIS geography, pair by pair."""

from .conftest import Warehouse


def test_counts_equal_a_geography_search(warehouse: Warehouse) -> None:
    differences = warehouse.rows(
        """
        with searched as (
            select
                properties.county_fips,
                properties.parcel_id_normalized,
                count(*) as nearby_violations,
                count(*) filter (where code_violations.is_open) as nearby_open_violations,
                min(st_distance(properties.coordinates, code_violations.coordinates))
                    as nearest_meters,
                avg(st_distance(properties.coordinates, code_violations.coordinates))
                    as average_meters
            from marts.properties
            inner join marts.code_violations
                on st_dwithin(properties.coordinates, code_violations.coordinates, 402.336)
            where properties.is_active
            group by properties.county_fips, properties.parcel_id_normalized
        )
        select
            coalesce(searched.parcel_id_normalized, nearby.parcel_id_normalized) as parcel,
            searched.nearby_violations,
            nearby.nearby_violations as stored_violations
        from searched
        full outer join intermediate.int_proximity__nearby_cases as nearby
            using (county_fips, parcel_id_normalized)
        where
            (searched.nearby_violations, searched.nearby_open_violations)
            is distinct from (nearby.nearby_violations, nearby.nearby_open_violations)
            or abs(searched.nearest_meters / 1609.344 - nearby.nearest_violation_distance) > 0.00051
            or abs(searched.average_meters / 1609.344 - nearby.avg_violation_distance) > 0.00051
        """
    )
    assert differences == []
    assert warehouse.value("select count(*) from intermediate.int_proximity__nearby_cases") > 100
