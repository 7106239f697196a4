#!/bin/sh
printf 42 >&3
