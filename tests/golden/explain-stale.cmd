explain tests/golden/explain.yaml
