#!/bin/sh
# Does for each scenario what its name says, in the order of the parameters.
say()
{
	printf '%s\n' "$1" >&3
}

# ask FD WORD: what comes back; nothing when the program has ended.
ask()
{
	printf '%s' "$2" >&"$1" 2>/dev/null
	dd bs=64 count=1 <&"$1" 2>/dev/null
}

pass()
{
	say '{"type":"verdict","status":"pass","score":1}'
	exit 0
}

fail()
{
	say '{"type":"verdict","status":"fail","score":0,"message":"'"$1"'"}'
	exit 0
}

# What was found: a schedule of scenario $1 with five operations.
found()
{
	say '{"type":"trace","title":"what happened","lines":["2  takes it"]}'
	printf "%s" '{"type":"trace","title":"trace","lines":["explorer-trace 1",
		"scenario '"$1"'","seed 7","outcome race","segments 2",
		"0 3","1 2","choices 0","end"]}' | tr -d '\n\t' >&3
	printf '\n' >&3
	fail "$2"
}

around()
{
	[ -r candidate ] && [ ! -x candidate ] || fail 'no candidate'
	[ -r submission/words.c ] || fail 'no sources'
	[ "$(ask 6 again)" = again ] || fail 'no second program'
	[ "$(ask 4 first)" = first ] || fail 'no first program'
}

read -r params
budget=$(printf '%s' "$params" | sed -n 's/.*"budget":\([0-9]*\).*/\1/p')
names=$(printf '%s' "$params" |
	sed 's/.*"scenarios":\[\([^]]*\)\].*/\1/;s/[",]/ /g')
say '{"type":"metric","name":"schedules","value":'"${budget:-0}"',"unit":""}'
for name in $names; do
	case $params in
	*'"replay":"explorer-trace 1\nscenario '"$name"'\n'*)
		[ "$(ask 4 word)" = mended ] && pass
		found "$name" 'it is as it was' ;;
	esac
	case $name in
	bad)
		[ "$(ask 4 word)" = mended ] || found bad "of $budget" ;;
	around)
		around ;;
	forks)
		ask 4 fork >/dev/null
		read -r ended
		fail 'it forked' ;;
	second-crashes)
		[ -z "$(ask 6 crash)" ] || fail 'it did not crash' ;;
	first-leaves)
		[ -z "$(ask 4 leave)" ] || fail 'it did not leave'
		read -r ended
		[ "$(ask 6 again)" = again ] || fail 'no second program' ;;
	*)
		[ "$(ask 4 word)" ] || fail 'no word' ;;
	esac
done
pass
