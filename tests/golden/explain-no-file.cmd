explain tests/errors/no-such.yaml
