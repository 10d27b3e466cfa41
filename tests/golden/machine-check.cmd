replay --no-progress tests/golden/machine-check.yaml
