import drmemtrace tests/imports/drmemtrace.txt -O cpus=2
