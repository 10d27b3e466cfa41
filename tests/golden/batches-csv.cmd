batches -f csv tests/recordings/batches.yaml tests/requests/net.yaml
