replay --color sometimes tests/golden/bulk.yaml
