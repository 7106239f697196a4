#!/bin/sh
# Waits for the one answer, or for the end.
read -r params
answer=$(dd bs=64 count=1 <&4 2>/dev/null)
[ -n "$answer" ] || read -r ended
if [ "$answer" = 42 ]; then
	printf '{"type":"verdict","status":"pass","score":1}\n' >&3
else
	printf '{"type":"verdict","status":"fail","message":"not 42"}\n' >&3
fi
