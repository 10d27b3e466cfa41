explore tests/golden/explore-twice.yaml
