-- The loader keeps the registry and its statistics: without them dbt's joins expect hundreds of counties.
alter table ops.registry_counties owner to wholesaler_loader;
alter table ops.registry_sources owner to wholesaler_loader;
