# SPDX-License-Identifier: GPL-2.0-or-later
#
# install.sh - what `make install` puts where: the program runs from there,
# and the example builds against the headers and the library.
. "$top_srcdir/tests/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL TLBSIM_MACHINES
trace=$top_srcdir/workloads/cases/p01-five-policies.yaml

# prefix as configured, below $tmp
installs()
{
	(cd "$top_builddir" && ${MAKE-make} -s DESTDIR="$tmp" install) &&
		prefix=$tmp$(sed -n 's/^prefix = //p' "$top_builddir/Makefile")
}

is_there()
{
	for file in bin/tlbsim lib/libtlbsim.a lib/pkgconfig/tlbsim.pc \
		include/tlbsim/sim/sim.h share/tlbsim/machines/zen5.yaml \
		share/doc/tlbsim/examples/example.c \
		share/doc/tlbsim/lessons/l01-walk-and-a.yaml \
		share/man/man1/tlbsim.1 \
		share/zsh/site-functions/_tlbsim \
		share/bash-completion/completions/tlbsim.bash; do
		[ -s "$prefix/$file" ] || { echo "no $file"; return 1; }
	done
}

flags()
{
	PKG_CONFIG_PATH=$prefix/lib/pkgconfig \
		pkg-config --define-variable=prefix="$prefix" "$@" tlbsim
}

# Nothing of the sources is in reach.
builds()
{
	cd "$tmp" &&
		cp "$prefix/share/doc/tlbsim/examples/example.c" . &&
		$CC -Wall -Werror $INSTRUMENT_FLAGS example.c \
			$(flags --cflags --libs) -o example
}

# What is linked with it is optimised as its own maker wants.
code_alone()
{
	${OBJDUMP-objdump} -h "$prefix/lib/libtlbsim.a" >"$tmp/sections" &&
		grep -q ' \.text' "$tmp/sections" &&
		! grep -m 1 -F .gnu.lto "$tmp/sections"
}

header_compiles()
{
	printf '#include <%s>\n' "$1" | (cd "$tmp" && $CC -Wall -Werror \
		-fsyntax-only -x c $(flags --cflags) -)
}

# What the example says, as the program says it.
agrees()
{
	TLBSIM_MACHINES=$prefix/share/tlbsim/machines "$tmp/example" "$trace" |
		sed 's/^\([^ ]*\) *avoided *\([0-9]*\) .*/\1,\2/' \
			>"$tmp/example.csv"
	"$prefix/bin/tlbsim" replay -p all --format csv \
		-m "$prefix/share/tlbsim/machines/caches-everything.yaml" \
		"$trace" 2>/dev/null | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
		{ print $column["policy"] "," $column["flush.avoided"] }' |
		diff "$tmp/example.csv" - && [ -s "$tmp/example.csv" ]
}

if installs >"$tmp/log" 2>&1; then
	check 'make install' true
	check 'everything has its place' is_there
	for header in $(cd "$prefix/include/tlbsim" && ls ./*/*.h); do
		check "installed ${header#./} compiles alone" \
			header_compiles "${header#./}"
	done
	check 'the library is code and nothing else' code_alone
	check 'the example builds by pkg-config' builds
	check 'the example and the program agree' agrees
else
	check 'make install' cat "$tmp/log" /nowhere
fi
done_testing
