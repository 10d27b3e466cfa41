import fio tests/imports/fio-3.iolog
