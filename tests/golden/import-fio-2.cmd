import fio tests/imports/fio-2.iolog -O depth=1 -O segments=11 -O driver=linux-3.16
