import pcap tests/imports/web.pcap -O guest=10.77.0
