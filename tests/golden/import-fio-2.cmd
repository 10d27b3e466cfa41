import fio tests/imports/fio-2.log -O depth=1 -O segments=11 -O driver=linux-3.16
