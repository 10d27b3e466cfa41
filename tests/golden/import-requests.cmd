import xen-requests - <tests/requests/persistent.txt
