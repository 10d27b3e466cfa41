# SPDX-License-Identifier: GPL-2.0-or-later
#
# shell.sh - a trace that the shell begins with is the same trace when it is
# saved: its replay tells the same.
. "$top_srcdir/tests/tap.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$top_srcdir" || exit 1

# What a replay tells, but for where the trace is.
told()
{
	"$TLBSIM" replay -p "$1" "$2" 2>/dev/null |
		sed -e 's,[^ ]*\.yaml:[0-9]*,HERE,' -e 's,[^ ]*\.yaml,HERE,'
}

comes_back()
{
	echo "save $folder/saved.yaml" |
		"$TLBSIM" shell "$1" >/dev/null 2>&1
	policy=$(sed -n 's/^policy: //p' "$folder/saved.yaml")
	told "$policy" "$1" >"$folder/wanted"
	told "$policy" "$folder/saved.yaml" >"$folder/got"
	[ -s "$folder/wanted" ] && diff -u "$folder/wanted" "$folder/got"
}

# Explained as before: what the trace asks, and what it answers.
asked()
{
	"$TLBSIM" explain "$1" |
		sed -n '/^Question$/,/^$/p; /^Answer$/,$p'
}

asks_the_same()
{
	echo "save $folder/saved.yaml" |
		"$TLBSIM" shell "$1" >/dev/null 2>&1
	asked "$1" >"$folder/wanted"
	asked "$folder/saved.yaml" >"$folder/got"
	grep -q '^Answer$' "$folder/wanted" &&
		diff -u "$folder/wanted" "$folder/got"
}

# In two parts: what is typed after event 2 is all that comes after it.
goes_on()
{
	trace=workloads/lessons/l01-walk-and-a.yaml
	printf 'save %s/saved.yaml\n' "$folder" |
		"$TLBSIM" shell --to 2 "$trace" >"$folder/log" || return 1
	grep -q '3 events' "$folder/log" &&
		[ "$("$TLBSIM" explain "$folder/saved.yaml" | grep -c '^\[')" \
			= 3 ]
}

for trace in workloads/lessons/*.yaml workloads/cases/*.yaml \
	workloads/examples/*.yaml; do
	[ -f "$trace" ] || continue
	check "$(basename "$trace") comes back" comes_back "$trace"
done
for trace in workloads/lessons/*.yaml; do
	check "$(basename "$trace") asks the same" asks_the_same "$trace"
done
check '--to leaves the rest out' goes_on
done_testing
