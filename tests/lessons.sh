# SPDX-License-Identifier: GPL-2.0-or-later
#
# lessons.sh - each lesson has a question, a run and an answer, and the answer
# holds.
. "$top_srcdir/tests/tap.sh"

changed=$(mktemp)
trap 'rm -f "$changed"' EXIT
cd "$top_srcdir" || exit 1
folder=workloads/lessons

# What its head says.
says()
{
	sed '/^events:/q' "$1" | grep -q -e "$2"
}

# In the order of a lecture.
asks_and_answers()
{
	"$TLBSIM" explain "$1" |
		sed -n '/^Question$/p; s/^\[0\].*/events/p; /^Answer$/p
			s/^  \(Sources\): .*/\1/p' | paste -sd' ' |
		grep -qx 'Question events Answer Sources'
}

# Told step by step, its expectations hold as well.
is_told()
{
	"$TLBSIM" explain "$1" | grep -q '^\[0\]'
	"$TLBSIM" explain "$1" >/dev/null
}

# The last number of a lesson is its last expectation, in whatever list.
is_held_to()
{
	sed '$ s/: \([0-9]*\)}/: 1\1}/' "$1" >"$changed"
	policies=$(sed -n 's/.*{policy: \([a-z0-9-]*\),.*/\1/p' "$1" |
		sort -u | paste -sd, -)
	"$TLBSIM" replay -q ${policies:+-p "$policies"} "$changed"
	[ $? = 1 ]
}

# Under each policy that it speaks of.
holds()
{
	policies=$(sed -n 's/.*{policy: \([a-z0-9-]*\),.*/\1/p' "$1" |
		sort -u | paste -sd, -)
	"$TLBSIM" replay -q ${policies:+-p "$policies"} "$1"
}

for lesson in "$folder"/*.yaml; do
	name=$(basename "$lesson" .yaml)
	check "$name has a question" says "$lesson" '^question: '
	check "$name has a run" says "$lesson" "tlbsim explain $lesson\$"
	check "$name has an answer" says "$lesson" '^answer: '
	check "$name has a source" says "$lesson" '^  Sources: .'
	check "$name asks first and answers last" asks_and_answers "$lesson"
	check "$name holds" holds "$lesson"
	check "$name is told" is_told "$lesson"
	check "$name fails when it ends otherwise" is_held_to "$lesson"
	check "$name is in the index" grep -q "($name.yaml)" "$folder/README.md"
done
check 'there are 12 or more' [ "$(ls "$folder"/*.yaml | wc -l)" -ge 12 ]
done_testing
