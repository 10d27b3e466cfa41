replay -p xs8 -p all tests/golden/bulk.yaml
