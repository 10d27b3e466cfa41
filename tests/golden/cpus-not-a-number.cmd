replay --cpus many tests/golden/bulk.yaml
