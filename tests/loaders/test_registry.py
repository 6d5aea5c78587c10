"""The registry file and the settings: what is wrong in them is said by name."""

import json

import pytest
import yaml

from loaders.errors import LoaderError, RegistryError
from loaders.registry import REGISTRY_FILE, load_registry, read_registry
from loaders.settings import load_settings

ORANGE = "12095"


@pytest.fixture
def changed(tmp_path):
    """The project's registry with one value replaced."""

    def change(path, value):
        document = yaml.safe_load(REGISTRY_FILE.read_text(encoding="utf-8"))
        *parents, last = path.split(".")
        entry = document
        for name in parents:
            entry = entry[name]
        entry[last] = value
        file = tmp_path / "registry.yaml"
        file.write_text(json.dumps(document))  # JSON is YAML
        return file

    return change


def test_orange_county():
    county = load_registry().county(ORANGE)
    assert (county.name, county.state, county.projection_srid) == ("Orange", "FL", 2236)
    assert set(county.sources) == {
        "tax_sales",
        "foreclosures",
        "property_records",
        "code_violations",
    }
    assert county.sources["tax_sales"].parcel_id_order == "section-township-range"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("sources.tax_sales.kind", "ftp", "sources.tax_sales.kind"),
        ("sources.tax_sales.url", "services1.arcgis.com/x", "sources.tax_sales.url"),
        ("sources.tax_sales.key_fields", [], "sources.tax_sales.key_fields"),
        ("sources.tax_sales.page_size", 0, "sources.tax_sales.page_size"),
        ("sources.tax_sales.refresh_mode", "incremental", "use refresh_mode full"),
        ("sources.tax_sales.keyfields", ["X"], "sources.tax_sales.keyfields"),
        ("sources.tax_sales.volatile_fields", ["USER_PARCEL"], "key field cannot be volatile"),
        ("sources.tax_sales.parcel_id_order", "township-first", "parcel_id_order"),
        ("sources.code_violations.geometry", True, "arcgis layers only"),
        ("sources.probate", {}, "sources.probate"),
        ("latitude", [29, 28], "latitude"),
        ("state", "Florida", "state"),
    ],
)
def test_wrong_entry_is_named(changed, path, value, message):
    with pytest.raises(RegistryError, match=message.replace(".", r"\.")):
        read_registry(changed(f"counties.{ORANGE}.{path}", value))


def test_file_that_is_no_yaml(tmp_path):
    file = tmp_path / "registry.yaml"
    file.write_text("counties: [")
    with pytest.raises(RegistryError, match=r"Cannot read registry\.yaml"):
        read_registry(file)


def test_unknown_names_list_the_known_ones():
    registry = load_registry()
    with pytest.raises(RegistryError, match=r"Known: 12095 \(Orange, FL\)"):
        registry.select("99999")
    with pytest.raises(RegistryError, match="Known: code_violations, foreclosures"):
        registry.select(ORANGE, ["sales"])


def test_sandbox_replaces_host_and_keeps_path():
    source = load_registry().source(ORANGE, "foreclosures")
    assert source.url_in("http://127.0.0.1:8899") == (
        "http://127.0.0.1:8899/arcgis/rest/services/Public_Dynamic/MapServer/44"
    )
    assert source.url_in(None) == source.url


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PGHOST", "", "PGHOST: Field required"),
        ("PGHOST", "/var/run/postgresql", "PGHOST: .* socket folder"),
        ("PGPORT", "many", "PGPORT"),
        ("ETL_MAX_RETRIES", "-1", "ETL_MAX_RETRIES"),
        ("DATABASE_POOL_SIZE", "0", "DATABASE_POOL_SIZE"),
    ],
)
def test_wrong_setting_is_named(monkeypatch, variable, value, message):
    for name in ("PGHOST", "PGUSER"):
        monkeypatch.setenv(name, "somewhere")
    monkeypatch.setenv(variable, value)
    with pytest.raises(LoaderError, match=message):
        load_settings()


def test_secrets_do_not_show(monkeypatch):
    for name in ("PGHOST", "PGUSER", "PGPASSWORD", "SOCRATA_APP_TOKEN"):
        monkeypatch.setenv(name, f"value-of-{name}")
    shown = repr(load_settings())
    assert "value-of-PGHOST" in shown
    assert "value-of-PGPASSWORD" not in shown
    assert "value-of-SOCRATA_APP_TOKEN" not in shown
