shell tests/golden/no-such-script.txt
