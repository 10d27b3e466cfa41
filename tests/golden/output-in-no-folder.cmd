replay -o "no/such/folder/r.json" tests/golden/bulk.yaml
