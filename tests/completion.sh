# SPDX-License-Identifier: GPL-2.0-or-later
#
# completion.sh - what bash offers after a part of a command line.
if ! command -v bash >/dev/null; then
	echo '1..0 # SKIP no bash'
	exit
fi
[ -n "${BASH_VERSION-}" ] || exec bash "$0"
set +o posix

. "$top_srcdir/tests/tap.sh"
. "$top_srcdir/sim/tlbsim.bash"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
ln -s "$TLBSIM" "$tmp/tlbsim"
PATH=$tmp:$PATH
cd "$top_srcdir" || exit 1

# offers WANTED WORD...: the completions of the last word are those wanted.
offers()
{
	local wanted=$1 COMP_WORDS COMP_CWORD COMPREPLY

	shift
	COMP_WORDS=(tlbsim "$@")
	COMP_CWORD=$#
	_tlbsim
	[ "$(echo "${COMPREPLY[@]}")" = "$wanted" ] && return
	echo "offered: ${COMPREPLY[*]}"
	return 1
}

check 'commands' offers 'replay' rep
check 'options of the program' offers '--help --version' --
check 'options of a command' offers '--seed' replay --see
check 'no option of another command' offers '' list --see
check 'policies' offers 'upstream' replay --policy up
check 'policies after =' offers 'upstream' replay --policy = up
check 'policies after a comma' offers 'upstream,rfc2014' \
	replay -p upstream,rfc
check 'machines' offers 'ivybridge-ep' replay -m ivy
check 'formats of a sweep' offers 'json jsonl' sweep --format j
check 'formats' offers 'json jsonl' replay --format j
check 'topics' offers 'machines' list ma
check 'machines of list' offers 'skylake-sp' list machines sky
check 'importers' offers 'xen-recording xen-requests' import xen-r
check 'files' offers 'sim/tlbsim.bash' replay sim/tlbsim.ba
check 'commands after help' offers 'import' help im

# All of a command's options, as its help has them.
offers_all_options()
{
	local COMP_WORDS=(tlbsim "$1" --) COMP_CWORD=2 COMPREPLY

	_tlbsim
	diff <(printf '%s\n' "${COMPREPLY[@]}" | sort) \
		<(tlbsim "$1" --help | grep -o -e '--[a-z][a-z-]*' | sort -u)
}

for command in $(tlbsim help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p'); do
	[ "$command" = help ] ||
		check "every option of $command" offers_all_options "$command"
done
done_testing
