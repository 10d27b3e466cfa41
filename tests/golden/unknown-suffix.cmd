replay -o results.pdf tests/golden/bulk.yaml
