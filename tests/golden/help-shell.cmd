help shell
