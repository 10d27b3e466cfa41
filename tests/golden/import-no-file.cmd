import xen-recording
