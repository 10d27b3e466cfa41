import pcapng file
