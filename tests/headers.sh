# SPDX-License-Identifier: GPL-2.0-or-later
#
# headers.sh - each header compiles alone.
. "$top_srcdir/tests/tap.sh"

compiles()
{
	printf '#include "%s"\n' "$1" |
		$CC $CPPFLAGS -std=gnu11 -Wall -Werror -I"$top_srcdir" \
			-x c -fsyntax-only -
}

cd "$top_srcdir" || exit 1
for header in mmu/*.h gnttab/*.h sim/*.h workloads/*.h; do
	[ ! -f "$header" ] || check "$header compiles alone" compiles "$header"
done
done_testing
