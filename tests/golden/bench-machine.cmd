bench -m nowhere hot32
