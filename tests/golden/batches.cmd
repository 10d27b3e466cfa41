batches tests/requests/block.yaml
