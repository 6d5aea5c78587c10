"""How far each step is from the fastest this machine can do. Run by `make bench`."""
