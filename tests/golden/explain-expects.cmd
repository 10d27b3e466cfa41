explain tests/golden/expects-too-much.yaml
