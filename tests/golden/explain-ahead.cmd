explain tests/golden/explain-ahead.yaml
