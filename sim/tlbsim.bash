# SPDX-License-Identifier: GPL-2.0-or-later
#
# tlbsim.bash - completion for bash; installed where bash-completion looks.

# The last word of a comma-separated list, completed among $1.
_tlbsim_list()
{
	local before=

	[[ $cur == *,* ]] && before=${cur%,*},
	COMPREPLY=($(compgen -P "$before" -W "$1" -- "${cur##*,}"))
	compopt -o nospace 2>/dev/null
}

_tlbsim_names()
{
	tlbsim list --quiet "$1" 2>/dev/null
}

# Words after an option that takes one; false when there is no such option.
_tlbsim_argument()
{
	case $command:$1 in
	explain:-p | explain:--policy | walk:-p | walk:--policy | \
		explore:-p | explore:--policy | \
		shell:-p | shell:--policy)
		COMPREPLY=($(compgen -W "$(_tlbsim_names policies)" \
			-- "$cur")) ;;
	replay:-p | replay:--policy)
		_tlbsim_list "all $(_tlbsim_names policies)" ;;
	bench:-m | bench:--machine | \
		replay:-m | replay:--machine | explain:-m | explain:--machine | \
		explore:-m | explore:--machine | \
		walk:-m | walk:--machine | shell:-m | shell:--machine)
		COMPREPLY=($(compgen -f -W "$(_tlbsim_names machines)" \
			-- "$cur")) ;;
	replay:-f | replay:--format)
		COMPREPLY=($(compgen -W 'text json jsonl csv tap summary
			html' -- "$cur")) ;;
	sweep:-f | sweep:--format)
		COMPREPLY=($(compgen -W 'text json jsonl csv' -- "$cur")) ;;
	convert:-f | convert:--format)
		COMPREPLY=($(compgen -W 'yaml binary' -- "$cur")) ;;
	compare:-f | compare:--format)
		COMPREPLY=($(compgen -W 'text json junit markdown' \
			-- "$cur")) ;;
	compare:-t | compare:--tolerance)
		COMPREPLY=($(compgen -S = -W "$(_tlbsim_names counters)" \
			-- "$cur"))
		compopt -o nospace 2>/dev/null ;;
	explain:-f | explain:--format | walk:-f | walk:--format)
		COMPREPLY=($(compgen -W 'text json html perfetto' \
			-- "$cur")) ;;
	walk:--access)
		COMPREPLY=($(compgen -W 'read write fetch' -- "$cur")) ;;
	*:--color)
		COMPREPLY=($(compgen -W 'auto always never' -- "$cur")) ;;
	bench:-f | bench:--format)
		COMPREPLY=($(compgen -W 'text json' -- "$cur")) ;;
	bench:--vectors)
		COMPREPLY=($(compgen -W 'best single none avx2 avx512' \
			-- "$cur")) ;;
	bench:--runs) ;;
	batches:-f | batches:--format)
		COMPREPLY=($(compgen -W 'text csv' -- "$cur")) ;;
	*:-o | *:--output | shell:-s | shell:--script)
		COMPREPLY=($(compgen -f -- "$cur")) ;;
	sweep:--shard)
		COMPREPLY=($(compgen -W 'auto auto/' -- "$cur")) ;;
	sweep:-j | sweep:--jobs) ;;
	explore:--memory)
		COMPREPLY=($(compgen -W 'sc tso' -- "$cur")) ;;
	explore:--speculate) ;;
	explore:--preemptions | explore:--depth | explore:--schedules | \
		explore:--time) ;;
	*:--cpus | *:--seed | explain:--from | *:--to | walk:--cpu | \
		import:-O | import:--option | \
		generate:-O | generate:--option) ;;
	*) return 1 ;;
	esac
	return 0
}

_tlbsim_options()
{
	local options='--help --usage'

	case $command in
	replay) options+=' --policy --machine --cpus --seed --output --format
		--verbose --quiet --color --no-progress --tap
		--summary --series --no-oracle' ;;
	compare) options+=' --tolerance --output --format --verbose --quiet
		--color' ;;
	sweep) options+=' --jobs --list --shard --merge --resume --restart
		--output --format --quiet --color --progress --no-progress' ;;
	explain) options+=' --from --to --policy --machine --cpus --seed
		--format --output --color' ;;
	explore) options+=' --policy --machine --memory --speculate
		--preemptions --depth --schedules --time --no-reduction --levels --output --no-progress' ;;
	walk) options+=' --cpu --access --to --policy --machine --cpus --seed
		--format --output --color' ;;
	shell) options+=' --to --script --policy --machine --cpus --seed
		--color' ;;
	generate) options+=' --option --output' ;;
	bench) options+=' --machine --runs --quick --vectors --list --output
		--format --no-progress' ;;
	convert) options+=' --format --lines --no-progress' ;;
	batches) options+=' --same --format --output' ;;
	import) options+=' --output --option --no-progress' ;;
	list) options+=' --quiet --verbose --check' ;;
	esac
	COMPREPLY=($(compgen -W "$options" -- "$cur"))
}

# What is neither an option nor the word after one.
_tlbsim_operand()
{
	case $command in
	help)
		COMPREPLY=($(compgen -W 'replay compare sweep explain explore walk shell
			batches import generate convert list bench' -- "$cur")) ;;
	list)
		if [[ $previous == machines ]]; then
			COMPREPLY=($(compgen -f -W \
				"$(_tlbsim_names machines)" -- "$cur"))
		else
			COMPREPLY=($(compgen -W 'machines policies drivers
				events formats importers generators quirks
				counters' -- "$cur"))
		fi ;;
	bench)
		COMPREPLY=($(compgen -W "$(tlbsim bench --list 2>/dev/null |
			cut -d ' ' -f 1)" -- "$cur")) ;;
	generate)
		if ((COMP_CWORD == 2)); then
			COMPREPLY=($(compgen -W "$(_tlbsim_names generators)" \
				-- "$cur"))
		fi ;;
	import)
		if ((COMP_CWORD == 2)); then
			COMPREPLY=($(compgen -W "$(_tlbsim_names importers)" \
				-- "$cur"))
		else
			COMPREPLY=($(compgen -f -- "$cur"))
		fi ;;
	*)
		COMPREPLY=($(compgen -f -- "$cur")) ;;
	esac
}

_tlbsim()
{
	local cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]}

	COMPREPLY=()
	# bash splits "--policy=xs8" at the "=".
	if [[ $cur == = ]]; then
		cur=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W 'replay compare sweep explain explore walk shell batches import
			generate convert list bench
			help --help --version' -- "$cur"))
	elif _tlbsim_argument "$previous"; then
		return
	elif [[ $cur == -* ]]; then
		_tlbsim_options
	else
		_tlbsim_operand
	fi
}

complete -F _tlbsim -o filenames tlbsim
