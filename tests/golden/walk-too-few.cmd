walk tests/golden/explain.yaml
