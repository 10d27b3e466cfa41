import xen-recording - <tests/recordings/pte.txt | tail -n 3
