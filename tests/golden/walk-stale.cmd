walk --to 3 tests/golden/explain.yaml 0xffff880000000000
