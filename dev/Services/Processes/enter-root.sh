# enter-root.sh ROOT DATA USER PROGRAM [ARGUMENT]…
# Becomes the program, as USER, inside ROOT with the folder DATA at /srv.
# The mounts stand in a mount namespace of the process itself: they end with it, however it ends, and no one else sees them.
exec unshare --mount --propagation private sh -euc '
  root=$1 data=$2 user=$3
  shift 3
  mount --rbind /dev "$root/dev"
  mount --rbind /proc "$root/proc"
  mount --bind "$data" "$root/srv"
  chroot "$root" find /srv -maxdepth 1 -exec chown "$user" {} +
  exec chroot --userspec="$user" "$root" "$@"
' sh "$@"
