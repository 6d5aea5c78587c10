"""A local county that speaks ArcGIS REST and SODA over HTTP, for demo, tests and benchmarks."""
