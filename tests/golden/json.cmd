replay --format json -p upstream,xs8 --seed 7 tests/golden/bulk.yaml
