shell -s tests/golden/no-such-script.txt
