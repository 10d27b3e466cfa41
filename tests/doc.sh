# SPDX-License-Identifier: GPL-2.0-or-later
#
# doc.sh - the manual says what the program does: every option and event is
# in it, and its examples run.
. "$top_srcdir/tests/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin"
ln -s "$TLBSIM" "$tmp/bin/tlbsim"
PATH=$tmp/bin:$PATH
cd "$top_srcdir" || exit 1

commands=$(tlbsim help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p')

options()
{
	tlbsim "$1" --help | grep -o -e '--[a-z][a-z-]*' | sort -u
}

# Every command has these two, which the program's own page tells.
in_manual()
{
	case $2 in
	--help | --usage) grep -q -e "Fl -${2#--}\\>" sim/tlbsim.1 ;;
	*) grep -q -e "^\.It .*Fl -${2#--}\\>" "sim/tlbsim-$1.1" ;;
	esac
}

is_installed()
{
	grep -q "sim/tlbsim-$1\.1\>" sim/local.mk && [ -f "sim/tlbsim-$1.1" ]
}

is_an_option()
{
	options "$1" | grep -qx -e "$2"
}

for command in $commands; do
	check "$command is in the manual" \
		grep -q "^\\.It Cm $command\\>" sim/tlbsim.1
	check "$command is in the completion" \
		grep -q "\\<$command\\>" sim/tlbsim.bash
	[ "$command" != help ] || continue
	check "$command has a page" is_installed "$command"
	check "$command is in SEE ALSO" \
		grep -q "^\\.Xr tlbsim-$command 1 ,$" sim/tlbsim.1
	for option in $(options "$command"); do
		check "$command $option is in the manual" \
			in_manual "$command" "$option"
	done
done
for command in $commands; do
	[ "$command" != help ] || continue
	for option in $(sed -n 's/^\.It .*Fl -\([a-z-]*\).*/--\1/p' \
		"sim/tlbsim-$command.1" | sort -u); do
		check "$command $option of the manual exists" \
			is_an_option "$command" "$option"
	done
done
for event in $(tlbsim list --quiet events); do
	check "event $event is in the manual" \
		grep -q "^\\.It Cm .*\\<$event\\>" sim/tlbsim-trace.5
done
for key in $(tlbsim list --verbose events |
	sed -n 's/^ *\(keys\|of each operation\): //p' | tr -d , |
	tr ' ' '\n' | sort -u); do
	check "key $key of events is in the manual" \
		grep -q "^\.\(It \)*.*\<$key\>" sim/tlbsim-trace.5
done
for topic in $(sed -n '/^\.Cm machines , /p' sim/tlbsim-list.1 | tr -d ',;' |
	tr ' ' '\n' | grep -x '[a-z]*'); do
	check "list $topic" sh -c "tlbsim list $topic >/dev/null"
done

# Each line of EXAMPLES that begins with "$ ", where it may write files.
mkdir "$tmp/here"
ln -s "$top_srcdir/workloads" "$top_srcdir/sim" "$tmp/here"
sed -n 's/^\.Dl \$ //p' sim/*.[15] >"$tmp/examples"
while read -r example; do
	check "example: $example" \
		sh -c "cd '$tmp/here' && $example >/dev/null" </dev/null
done <"$tmp/examples"

# What the README shows after its lines "$ ./tlbsim ...".
readme_is_true()
{
	{ sh "$1.command"; echo; } | diff -u "$1.wanted" -
}

awk -v to="$tmp/readme" '
	/^[^ ]/ { shown = 0 }
	shown { sub(/^    /, ""); print > (to n ".wanted") }
	/^    \$ \.\// {
		shown = ++n
		print substr($0, 9) > (to n ".command")
	}
' README
for command in "$tmp"/readme*.command; do
	check "the README shows: $(cat "$command")" \
		readme_is_true "${command%.command}"
done

# Each trace among the examples, which start with their format.
awk -v to="$tmp/trace" '
	/^tlbsim: 1/ { n++ }
	/^\.Ed/ { inside = 0 }
	/^tlbsim: 1/ || inside { inside = 1; print > (to n ".yaml") }
' sim/tlbsim-trace.5
for trace in "$tmp"/trace*.yaml; do
	check "example trace $(basename "$trace") holds" \
		tlbsim replay -q "$trace"
done
done_testing
