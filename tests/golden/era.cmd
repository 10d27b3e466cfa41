replay -q tests/golden/era.yaml
