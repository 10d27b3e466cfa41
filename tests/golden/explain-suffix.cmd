explain -o no-such-folder.d/x.xml tests/golden/explain.yaml
