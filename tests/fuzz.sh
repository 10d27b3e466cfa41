# SPDX-License-Identifier: GPL-2.0-or-later
#
# fuzz.sh - fuzz targets go through their corpus: tests/fuzz/NAME/ holds what
# found something new once, whatever it is.
#
# To look for more: configure CC=clang --enable-fuzzers, `make check`, then
#	tests/fuzz/fuzz_NAME FOLDER-FOR-NEW-ONES tests/fuzz/NAME
. "$top_srcdir/tests/tap.sh"

# feed TARGET FILE...
feed()
{
	target=$1
	shift
	for file; do
		check "$target: $(basename "$file")" \
			"$top_builddir/tests/fuzz/fuzz_$target" "$file"
	done
}

feed binary "$top_srcdir"/tests/fuzz/binary/*
feed compare "$top_srcdir"/tests/fuzz/compare/*
feed import "$top_srcdir"/tests/fuzz/import/*
feed profile "$top_srcdir"/tests/fuzz/profile/*
feed recording "$top_srcdir"/tests/fuzz/recording/* \
	"$top_srcdir"/tests/recordings/*.txt
feed replay "$top_srcdir"/tests/fuzz/replay/* \
	"$top_srcdir"/tests/golden/*.yaml \
	"$top_srcdir"/workloads/cases/*.yaml
feed shell "$top_srcdir"/tests/fuzz/shell/* "$top_srcdir"/tests/golden/shell.txt
feed sweep "$top_srcdir"/tests/fuzz/sweep/*
feed trace "$top_srcdir"/tests/fuzz/trace/*

done_testing
