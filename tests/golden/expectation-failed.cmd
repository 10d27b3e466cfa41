replay -p upstream,xs8 tests/golden/expects-too-much.yaml
