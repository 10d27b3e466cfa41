import pcap tests/imports/web.pcap -O gest=1 -O delay=3parsec
