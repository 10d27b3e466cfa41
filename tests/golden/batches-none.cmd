batches
