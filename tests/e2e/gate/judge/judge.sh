#!/bin/sh
# Asks one question, and says what came back.
read -r params
ask=$(printf '%s' "$params" | sed 's/.*"ask":"\([^"]*\)".*/\1/')
expect=$(printf '%s' "$params" | sed 's/.*"expect":"\([^"]*\)".*/\1/')
printf '%s' "$ask" >&4
answer=$(dd bs=64 count=1 <&4 2>/dev/null)
# a program that ends instead: how it ended says more than we can
[ -n "$answer" ] || read -r ended
if [ "$answer" = "$expect" ]; then
	printf '{"type":"verdict","status":"pass","score":1}\n' >&3
else
	printf '{"type":"verdict","status":"fail","score":0,"message":"%s"}\n' \
		"$ask became $answer" >&3
fi
