replay tests/golden/bulk.yaml >/dev/full
