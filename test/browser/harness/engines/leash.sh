#!/bin/sh
# Runs $LEASHED so that nothing of it is ever left over: all of its process group ends as soon as the standard input does
# (or the pipe named $LIFELINE, where there is one), which is when it is closed on purpose, and also when the process that
# holds its other end dies, in whatever way.
{ "$LEASHED" "$@"; kill 0; } &
[ -z "$LIFELINE" ] || exec <"$LIFELINE"
read -r _
kill 0
