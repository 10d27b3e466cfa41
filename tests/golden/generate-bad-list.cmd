generate blkback segments=1:2,x
