bench hot33
