# detach.sh LOG PROGRAM [ARGUMENT]…
# Becomes the program in a session of its own, so that no terminal's Ctrl-C reaches it; its output goes to the end of LOG.
log=$1
shift
exec </dev/null >>"$log" 2>&1
exec setsid "$@"
