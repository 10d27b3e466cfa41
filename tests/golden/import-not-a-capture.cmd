import pcap tests/imports/fio-3.iolog
