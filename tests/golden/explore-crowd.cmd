explore tests/golden/explore-crowd.yaml
