generate disk
