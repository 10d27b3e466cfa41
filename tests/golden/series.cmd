replay --series -f json -p upstream,xs8 tests/golden/bulk.yaml
