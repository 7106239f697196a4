#!/bin/sh
# Asks one question.
receive()
{
	dd bs=64 count=1 2>/dev/null
}

read -r params
here=$(receive <&4)
printf go >&4
answer=$(receive <&4)
# a program that ends instead: how it ended says more than we can
[ -n "$answer" ] || read -r ended
if [ "$here" = here ] && [ "$answer" = 42 ]; then
	printf '{"type":"verdict","status":"pass","score":1}\n' >&3
else
	printf '{"type":"verdict","status":"fail","score":0,"message":"not 42"}\n' >&3
fi
