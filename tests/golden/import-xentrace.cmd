import xentrace tests/imports/xentrace-memory.bin -O touched=50
