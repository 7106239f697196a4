#!/bin/sh
# A program in any language: what is compiled does not matter here.
printf here >&3
dd bs=64 count=1 <&3 >/dev/null 2>&1
printf 42 >&3
[ -z "$TSAN_OPTIONS" ] || cat >&2 <<'END'
==================
WARNING: ThreadSanitizer: data race (pid=2)
  Write of size 8 at 0x7b0400000000 by thread T2:
    #0 answer answer.c:7 (program+0x1234)

  Previous read of size 8 at 0x7b0400000000 by thread T1:
    #0 answer answer.c:9 (program+0x1240)

SUMMARY: ThreadSanitizer: data race answer.c:7 in answer
==================
END
exit 0
