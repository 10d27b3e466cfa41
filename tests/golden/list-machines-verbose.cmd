list machines -v skylake-sp
