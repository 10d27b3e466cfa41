generate blkback count=6 segments=1:7,32:3 depth=2 burst=2 gap=10us seed=3
