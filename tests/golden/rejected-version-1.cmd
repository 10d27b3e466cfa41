replay tests/golden/rejected-version-1.yaml
