walk tests/golden/explain.yaml 12x
