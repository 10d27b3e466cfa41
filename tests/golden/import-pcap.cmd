import pcap tests/imports/web.pcap -O guest=10.77.0.2 -O driver=N2 -O sender=windows
