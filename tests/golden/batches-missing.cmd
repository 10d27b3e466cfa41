batches tests/requests/no-such-file
