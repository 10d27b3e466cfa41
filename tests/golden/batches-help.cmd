batches --help
