generate netback count=6 bytes=98,65226:2 header=66 received=40 driver=N2 seed=3
