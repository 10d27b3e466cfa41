replay --polcy=xs8 tests/golden/bulk.yaml
