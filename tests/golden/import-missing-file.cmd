import xen-recording tests/recordings/no-such-file
