# bash completion for assay(1)

_assay_exercises()
{
	# Ids look like topic/name; "list" prints one per line, first.
	"$1" list 2>/dev/null |
		sed -n 's|^[[:space:]]*\([a-z0-9-]*/[a-z0-9-]*\).*|\1|p'
}

# Of the folder and the exercise that stand on the command line already.
_assay_scenarios()
{
	local assay=$1 dir='' exercise=() word
	shift

	while [ $# -gt 0 ]; do
		word=$1
		shift
		case $word in
		--exercise) exercise=(--exercise "${1:-}") ;;
		-*) ;;
		*) [ -n "$dir" ] || [ ! -e "$word" ] || dir=$word ;;
		esac
	done
	"$assay" explore "${dir:-.}" "${exercise[@]}" --list 2>/dev/null |
		sed 's| .*||'
}

_assay()
{
	local word=${COMP_WORDS[COMP_CWORD]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]}
	local assay=${COMP_WORDS[0]} subcommand=${COMP_WORDS[1]:-}
	local words='' files=yes i

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		words='list start check explore pack grade report verify doctor'
		words+=' sandbox'
		words+=' --help --version'
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
		return
	fi

	# A command to run in the sandbox stands behind "--".
	if [ "$subcommand" = sandbox ]; then
		for ((i = 2; i < COMP_CWORD; i++)); do
			[ "${COMP_WORDS[i]}" != -- ] || {
				compopt -o default
				return
			}
		done
	fi

	case $previous in
	--profile) words='run build judge explore dialogue' files='' ;;
	--network) words='none loopback' files='' ;;
	--require) words='full limited minimal' files='' ;;
	--exercise) words=$(_assay_exercises "$assay") files='' ;;
	--scenario)
		words=$(_assay_scenarios "$assay" "${COMP_WORDS[@]:2}")
		files=''
		;;
	--format)
		words='text json html junit ctrf sarif gradescope tap csv'
		files=''
		;;
	--audience) words='candidate grader team' files='' ;;
	--budget | --step) return ;;
	--operators)
		words='drop-unlock signal-for-broadcast if-for-while swap-locks'
		words+=' off-by-one drop-check negate delete-call return-value'
		files=''
		;;
	--lang) words='c cpp python' files='' ;;
	--audit | --shard | --test | --seed | --jobs | --repeat | --cpu | --wall) return ;;
	--memory | --processes | --files | --file-size | --stack) return ;;
	--env | --then | --collect | --rater) return ;;
	--out)
		# A file or a folder for report.
		[ "$subcommand" = report ] || compopt -o dirnames
		[ "$subcommand" = report ] || return
		;;
	--cwd | --lay-out | --regrade | --rubric | --rubric-sheets | --sources)
		compopt -o dirnames
		return
		;;
	--replay | --hidden | --key | --names | --blind-map | --stdin | --stdout | --stderr | --result | --bind) ;;
	-o | --output)
		# A file for these, a number of bytes for sandbox.
		[ "$subcommand" = pack ] || [ "$subcommand" = explore ] ||
			[ "$subcommand" = report ] || return
		;;
	*)
		case $subcommand in
		list) words='--json' files='' ;;
		start)
			words='--lang --json'
			if [ "$COMP_CWORD" -eq 2 ]; then
				words+=" $(_assay_exercises "$assay")"
				files=''
			fi
			;;
		check)
			words='--test --seed --exercise --lang --require --debug'
			words+=' --json'
			;;
		explore)
			words='--scenario --list --budget --seed --replay --gdb'
			words+=' --step -o --output --exercise --lang --require'
			words+=' --json'
			;;
		pack) words='-o --output --json' ;;
		grade)
			words='--out --resume --from --exercise --lang --jobs'
			words+=' --hidden --shard --regrade --require --json'
			words+=' --quiet --no-cache --audit --replay --key'
			;;
		report)
			words='--format --audience -o --out --all --merge'
			words+=' --similarity --verify --key --blind --blind-map --names'
			words+=' --sources --rubric --rubric-sheets --rater'
			;;
		verify)
			words='--repeat --quick --under-load --generated'
			words+=' --operators --lay-out --jobs --json'
			words+=" $(_assay_exercises "$assay")"
			files=''
			;;
		doctor) words='--json' files='' ;;
		sandbox)
			words='--profile --cpu --wall --memory --processes'
			words+=' --files --file-size --output --stack'
			words+=' --network --bind'
			words+=' --env --cwd --stdin --stdout --stderr'
			words+=' --result --repeat --then --collect'
			words+=' --require --'
			;;
		*) return ;;
		esac
		words+=' --help'
		;;
	esac

	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
	[ -z "$files" ] || [ "${#COMPREPLY[@]}" -gt 0 ] || compopt -o default
}

complete -F _assay assay
