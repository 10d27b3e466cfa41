replay -o /dev/full tests/golden/bulk.yaml
