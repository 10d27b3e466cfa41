replay -o "$tmp/r.json" tests/golden/two-batches.yaml tests/golden/rejected-bulk.yaml; ls "$tmp"
