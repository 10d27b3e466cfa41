# SPDX-License-Identifier: GPL-2.0-or-later
#
# golden.sh - what the program prints, to the byte.
#
# tests/golden/NAME.cmd is what stands after "tlbsim " on a command line;
# NAME.out, NAME.err and NAME.rc are what it must print and return (without
# the file: nothing, nothing, 0).  It runs in the top folder of the sources;
# $tmp is an empty folder to write to.  `make update-golden` takes what is
# printed now for right.
. "$top_srcdir/tests/tap.sh"

got=$(mktemp -d)
trap 'rm -rf "$got"' EXIT
golden=$top_srcdir/tests/golden
unset NO_COLOR
cd "$top_srcdir" || exit 1

run()
{
	tmp=$got/$1.tmp
	mkdir "$tmp"
	(eval "\"\$TLBSIM\" $(cat "$golden/$1.cmd")") \
		>"$got/$1.out" 2>"$got/$1.err"
	echo $? >"$got/$1.rc"
}

# The wanted file, or what its absence stands for.
wanted()
{
	if [ -f "$golden/$1" ]; then
		cat "$golden/$1"
	elif [ "${1##*.}" = rc ]; then
		echo 0
	fi
}

matches()
{
	run "$1"
	outcome=0
	for kind in out err rc; do
		wanted "$1.$kind" | diff -u - "$got/$1.$kind" || outcome=1
	done
	return $outcome
}

keep()
{
	for kind in out err rc; do
		if wanted "none.$kind" | cmp -s - "$got/$1.$kind"; then
			rm -f "$golden/$1.$kind"
		else
			cp "$got/$1.$kind" "$golden/$1.$kind"
		fi
	done
}

for file in "$golden"/*.cmd; do
	name=$(basename "$file" .cmd)
	if [ -n "${UPDATE_GOLDEN-}" ]; then
		run "$name"
		keep "$name"
	else
		check "$name" matches "$name"
	fi
done
done_testing
