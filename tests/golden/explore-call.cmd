explore tests/golden/explore-call.yaml
