import xen-recording tests/recordings/pte.txt tests/recordings/end.txt
