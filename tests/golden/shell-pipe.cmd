shell --policy xs8 --cpus 2 < tests/golden/shell.txt
