#!/bin/sh
# Asks one question; looks at the program before, so that all messages of a
# box come up.
receive()
{
	dd bs=64 count=1 2>/dev/null
}

read -r params
here=$(receive <&4)
printf '{"type":"probe"}\n{"type":"threads"}\n' >&3
read -r probe
read -r threads
printf '{"type":"metric","name":"questions","value":1,"unit":""}\n' >&3
printf go >&4
answer=$(receive <&4)
# a program that ends instead: how it ended says more than we can
[ -n "$answer" ] || read -r ended
if [ "$here" = here ] && [ "$answer" = 42 ]; then
	printf '{"type":"verdict","status":"pass","score":1}\n' >&3
else
	printf '{"type":"trace","title":"said","lines":["%s"]}\n' "$answer" >&3
	printf '{"type":"verdict","status":"fail","score":0,"message":"not 42"}\n' >&3
fi
