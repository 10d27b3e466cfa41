replay tests/golden/expects-too-much.yaml tests/golden/not-yaml.yaml tests/golden/no-such-file.yaml tests/golden/bulk.yaml
