replay -m tests/golden/unsourced-machine.yaml tests/golden/bulk.yaml
