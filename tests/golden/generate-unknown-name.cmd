generate blkback segmnts=1
