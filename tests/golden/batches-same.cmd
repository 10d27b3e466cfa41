batches --same tests/requests/block.yaml tests/requests/net.yaml
