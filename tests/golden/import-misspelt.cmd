import xen-recordin tests/recordings/pte.txt
