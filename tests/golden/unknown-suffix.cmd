replay -o results.html tests/golden/bulk.yaml
