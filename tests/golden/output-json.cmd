replay -o "$tmp/r.json" tests/golden/bulk.yaml && cat "$tmp/r.json"
