walk tests/golden/explain.yaml 0xffff880000002000 --access write
