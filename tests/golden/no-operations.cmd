replay -q tests/golden/no-operations.yaml
