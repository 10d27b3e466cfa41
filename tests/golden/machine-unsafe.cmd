replay -q -m caches-everything -f csv -o /dev/null tests/golden/machine-unsafe.yaml
