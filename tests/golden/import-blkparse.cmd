import blkparse tests/imports/blkparse.txt
