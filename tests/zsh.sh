# SPDX-License-Identifier: GPL-2.0-or-later
#
# zsh.sh - what zsh completes, in a zsh on a pseudo-terminal.
if ! command -v zsh >/dev/null; then
	echo 'zsh.sh: SKIPPED: no zsh' >&2
	echo '1..0 # SKIP no zsh'
	exit
fi
. "$top_srcdir/tests/tap.sh"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin" "$tmp/functions"
ln -s "$TLBSIM" "$tmp/bin/tlbsim"
cp "$top_srcdir/sim/_tlbsim" "$tmp/functions"
export tmp PATH="$tmp/bin:$PATH" HOME="$tmp" ZDOTDIR="$tmp" TERM=vt100
touch "$tmp/a-trace.yaml"
# Under the terminal's job control the search for leaks can wait for ever.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS

# In a zsh of its own: the key ^X completes and writes the line down.
cat >"$tmp/.zshrc" <<'END'
fpath=($tmp/functions $fpath)
autoload -U compinit && compinit -u -D
note() { zle complete-word; print -r -- "$BUFFER" >$tmp/line }
zle -N note
bindkey '^X' note
cd $tmp
: >$tmp/ready
END
cat >"$tmp/complete.zsh" <<'END'
zmodload zsh/zpty
wait_for()
{
	local i

	for ((i = 0; i < 600; i++)); do
		[[ -s $1 || -e $1 && $1 == *ready ]] && return
		zpty -r -t shell >/dev/null
		sleep .1
	done
	return 1
}
zpty -b shell zsh -i
wait_for $tmp/ready && zpty -w -n shell $1$'\x18' && wait_for $tmp/line
cat $tmp/line
zpty -d shell
END

# completes WANTED LINE
completes()
{
	rm -f "$tmp/line" "$tmp/ready"
	got=$(zsh -f "$tmp/complete.zsh" "$2" 2>&1)
	[ "$got" = "$1" ] && return
	echo "completed to: $got"
	return 1
}

check 'commands' completes 'tlbsim replay ' 'tlbsim repl'
check 'options of a command' completes 'tlbsim replay --policy=' \
	'tlbsim replay --pol'
check 'choices of an option' completes 'tlbsim replay --format=summary ' \
	'tlbsim replay --format=su'
check 'policies' completes 'tlbsim explain -p upstream ' \
	'tlbsim explain -p upstr'
check 'policies after a comma' completes 'tlbsim replay -p xs8,upstream ' \
	'tlbsim replay -p xs8,upstr'
check 'machines' completes 'tlbsim replay -m ivybridge-ep ' \
	'tlbsim replay -m ivy'
check 'topics' completes 'tlbsim list machines ' 'tlbsim list mach'
check 'importers' completes 'tlbsim import xentrace ' 'tlbsim import xent'
check 'files' completes 'tlbsim replay a-trace.yaml ' 'tlbsim replay a-t'

# All of a command's options, as its help has them.
offers_all_options()
{
	tlbsim "$1" --help | grep -o -e '--[a-z][a-z-]*' | sort -u \
		>"$tmp/wanted"
	zsh -f -c '. $tmp/functions/_tlbsim; _tlbsim_specs '"$1"'
		print -l -- $specs' | grep -o -e '^--[a-z][a-z-]*' | sort -u |
		diff - "$tmp/wanted" && [ -s "$tmp/wanted" ]
}

for command in $(tlbsim help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p'); do
	[ "$command" = help ] ||
		check "every option of $command" offers_all_options "$command"
done
done_testing
