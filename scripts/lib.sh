# shellcheck shell=bash
# Sourced by the other scripts: where the checkout is, how to speak, how to install what is missing.

# A checkout opened through a symbolic link is still the same checkout.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
target=${CARGO_TARGET_DIR:-$root/target}
case $target in /*) ;; *) target=$root/$target ;; esac
# shellcheck disable=SC2034  # read by the scripts that source this file
readonly root target

# What the scripts do goes to standard error: standard output is for answers (`scripts/pg url …`).
say() { printf '• %s\n' "$*" >&2; }
die() {
  printf '✗ %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root: as it is, through sudo, or not at all (then it says what to do by hand).
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    sudo "$@"
  else
    die "this needs root, and sudo is not usable here. Please run: $*"
  fi
}

# Debian packages. $1 says what for; the package lists are fetched once, and only if something is installed.
apt_install() {
  local what=$1
  shift
  have apt-get || die "$what is missing. Please install it (Debian calls it: $*) and run this again."
  say "installing $what: $*"
  local log lists=/var/lib/apt/lists
  log=$(mktemp)
  if [ -z "$(find "$lists" -maxdepth 1 -name '*_Packages*' -mtime -1 -print -quit 2>/dev/null)" ]; then
    as_root apt-get update -q </dev/null >"$log" 2>&1 || { cat "$log" >&2; say "apt-get update failed; trying all the same"; }
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" </dev/null >"$log" 2>&1 ||
    { cat "$log" >&2; rm -f "$log"; die "could not install $*"; }
  rm -f "$log"
}

# A short name for this checkout, for folders that cannot be inside it.
checkout_hash() { printf '%s' "$root" | cksum | tr -cd '0-9' | cut -c1-10; }

# The packages of a folder with a package.json, if they are older than it.
npm_packages() {
  local folder=$root/$1 mark=$root/$1/node_modules/.package-lock.json
  if [ -e "$mark" ] && [ ! "$folder/package.json" -nt "$mark" ] && [ ! "$folder/package-lock.json" -nt "$mark" ]; then return; fi
  if ! have node || ! have npm; then apt_install Node.js nodejs npm; fi
  say "installing the npm packages of $1/"
  (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --no-audit --no-fund --loglevel=error </dev/null >&2)
  # npm leaves the file alone when nothing changed.
  touch "$mark"
}
