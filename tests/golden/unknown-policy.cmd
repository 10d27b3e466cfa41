replay --policy upstream,xs7 tests/golden/bulk.yaml
