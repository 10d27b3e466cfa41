replay -o tests tests/golden/bulk.yaml
