generate memory count=5 pages=3 pattern=sequential reads=100 | grep read
