shell --script tests/golden/shell.txt
