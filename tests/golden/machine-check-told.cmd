explain tests/golden/machine-check.yaml
