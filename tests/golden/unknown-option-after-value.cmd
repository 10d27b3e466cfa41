replay --output --weird --wierd tests/golden/bulk.yaml
