shell tests/golden/shell.txt
