list -v machines zen33
