import fio tests/imports/lackey.txt
