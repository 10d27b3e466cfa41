walk --cpu 2 tests/golden/explain.yaml 0
