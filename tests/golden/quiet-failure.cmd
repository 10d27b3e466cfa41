replay -q tests/golden/expects-too-much.yaml
