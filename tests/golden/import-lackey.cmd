import lackey tests/imports/lackey.txt | head -n 30
