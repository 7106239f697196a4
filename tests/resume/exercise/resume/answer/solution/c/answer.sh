#!/bin/sh
# A program in any language: what is compiled does not matter here.
printf here >&3
dd bs=64 count=1 <&3 >/dev/null 2>&1
printf 42 >&3
