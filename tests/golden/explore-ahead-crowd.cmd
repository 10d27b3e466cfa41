explore tests/golden/explore-ahead-crowd.yaml
