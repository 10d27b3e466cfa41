# SPDX-License-Identifier: GPL-2.0-or-later
#
# fuzz.sh - fuzz targets go through their corpus: tests/fuzz/NAME/ holds what
# found something new once, whatever it is.
#
# To look for more: configure CC=clang --enable-fuzzers, `make check`, then
#	tests/fuzz/fuzz_NAME FOLDER-FOR-NEW-ONES tests/fuzz/NAME
. "$top_srcdir/tests/tap.sh"

target=$top_builddir/tests/fuzz/fuzz_recording
for file in "$top_srcdir"/tests/fuzz/recording/* \
	"$top_srcdir"/tests/recordings/*.txt; do
	check "recording: $(basename "$file")" "$target" "$file"
done

done_testing
