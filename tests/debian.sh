# SPDX-License-Identifier: GPL-2.0-or-later
#
# debian.sh - sim/debian makes packages of the tarball, and everything has
# its place in them.

# skip WHY: aloud.
skip()
{
	echo "debian.sh: SKIPPED: $1" >&2
	echo "1..0 # SKIP $1"
	exit
}

for program in dpkg-buildpackage dh; do
	command -v $program >/dev/null || skip "no $program"
done
[ -z "$INSTRUMENT_FLAGS" ] || skip 'packages are built without sanitizers'
. "$top_srcdir/tests/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL TLBSIM_MACHINES
top_srcdir=$(cd "$top_srcdir" && pwd)

# The tree of the tarball in $tree, with its debian/.
unpacks()
{
	(cd "$top_builddir" && ${MAKE-make} -s distdir distdir="$tmp/tlbsim") &&
		cp -R "$top_srcdir/sim/debian" "$tmp/tlbsim/debian"
}

# The objects of a test need not be fast.
builds()
{
	(cd "$tmp/tlbsim" && DEB_CFLAGS_STRIP=-g \
		DEB_BUILD_OPTIONS='nocheck noopt noautodbgsym parallel=2' \
		dpkg-buildpackage -us -uc -b >"$tmp/log" 2>&1) && return
	tail -n 30 "$tmp/log"
	return 1
}

# Names as in debian/control; of every release.
contents()
{
	dpkg-deb -c "$tmp/$1"_*.deb | awk '{ print $6 }'
}

has()
{
	contents "$1" | grep -qx -e "$2"
}

# Every file of `make install`, but what libtool alone reads.
leaves_nothing_out()
{
	(cd "$tmp/tlbsim/debian/tmp" && find . -type f ! -name '*.la') |
		sed 's,/doc/tlbsim/examples/,/doc/libtlbsim-dev/examples/,; s/\.gz$//' |
		sort >"$tmp/made"
	{ contents tlbsim && contents libtlbsim-dev; } |
		sed 's/\.gz$//' | sort >"$tmp/packed"
	comm -23 "$tmp/made" "$tmp/packed" >"$tmp/left"
	cat "$tmp/left"
	[ -s "$tmp/made" ] && [ ! -s "$tmp/left" ]
}

# Out of the package, in no other place.
runs()
{
	dpkg-deb -x "$tmp"/tlbsim_*.deb "$tmp/root" &&
		TLBSIM_MACHINES=$tmp/root/usr/share/tlbsim/machines \
			"$tmp/root/usr/bin/tlbsim" replay -q \
			"$tmp/root/usr/share/doc/tlbsim/lessons"/l01-*.yaml*
}

has_the_version()
{
	[ "$(dpkg-deb -f "$tmp"/tlbsim_*.deb Version | sed 's/-[^-]*$//')" = \
		"$("$TLBSIM" --version | awk '{ print $2; exit }')" ]
}

check 'sim/debian goes into a tarball' unpacks
check 'packages are built' builds
while read -r package file; do
	check "$package has $file" has "$package" "\\./usr/$file"
done <<-END
	tlbsim bin/tlbsim
	tlbsim share/man/man1/tlbsim.1.gz
	tlbsim share/man/man1/tlbsim-explain.1.gz
	tlbsim share/man/man5/tlbsim-trace.5.gz
	tlbsim share/bash-completion/completions/tlbsim.bash
	tlbsim share/zsh/site-functions/_tlbsim
	tlbsim share/tlbsim/machines/zen5.yaml
	tlbsim share/doc/tlbsim/lessons/l01-walk-and-a.yaml
	tlbsim share/doc/tlbsim/copyright
	libtlbsim-dev include/tlbsim/sim/sim.h
	libtlbsim-dev lib/.*/libtlbsim\\.a
	libtlbsim-dev lib/.*/pkgconfig/tlbsim\\.pc
	libtlbsim-dev share/doc/libtlbsim-dev/examples/example.c
END
check 'all that is installed is in a package' leaves_nothing_out
check 'the program runs out of its package' runs
check 'package and program have one version' has_the_version
done_testing
