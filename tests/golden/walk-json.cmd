walk --cpu 1 -f json tests/golden/explain.yaml 0xffff880000000000
