replay tests/golden/rejected-version-2.yaml
