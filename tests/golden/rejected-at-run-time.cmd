replay -p upstream,xs8 tests/golden/impossible.yaml
