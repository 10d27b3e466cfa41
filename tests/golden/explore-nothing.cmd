explore tests/golden/explore-nothing.yaml
