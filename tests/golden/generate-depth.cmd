generate blkback driver=linux-3.16 depth=64
