replay -q -p rfc2014,xs65 tests/golden/unsafe-expected.yaml
