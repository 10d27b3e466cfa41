generate memory count=12 pages=4 skew=150 seed=3
