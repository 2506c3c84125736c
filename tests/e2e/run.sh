#!/bin/sh
# The real window under Xvfb: builds it, starts the driver, runs the tests of this folder.
# Screenshots stay in $BAOXUE_E2E_OUT (by default e2e under the build folder). Arguments go to node's test runner.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
out=${BAOXUE_E2E_OUT:-$target/e2e}
# Free ports, so that a driver left over from another run is in nobody's way.
free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
port=$(free_port)
native_port=$(free_port)
driver_version=2.1.0
PATH="$HOME/.cargo/bin:$PATH"

if ! command -v tauri-driver >/dev/null 2>&1; then
    cargo install --locked tauri-driver --version "$driver_version"
fi
native=$(command -v WebKitWebDriver || true)
if [ -z "$native" ]; then
    echo "WebKitWebDriver is missing: apt-get install webkit2gtk-driver xvfb xauth dbus-x11" >&2
    exit 1
fi

cd "$root/ui"
npm ls >/dev/null 2>&1 || npm ci
npm run build
cd "$root"
cargo build --workspace

rm -rf "$out"
mkdir -p "$out/profile" "$out/plugged"
export BAOXUE_BINARY="$target/debug/baoxue"
export BAOXUE_E2E_OUT="$out"
export BAOXUE_DRIVER="http://127.0.0.1:$port"
# What the web runtime keeps for itself begins empty and ends here.
export XDG_DATA_HOME="$out/profile/data" XDG_CACHE_HOME="$out/profile/cache" XDG_CONFIG_HOME="$out/profile/config"
# Where a test puts a folder that stands for a stick that is plugged in.
export BAOXUE_STICK="$out/plugged/STICK"
export LANG=C.UTF-8

[ $# -gt 0 ] || set -- "$here"/*.test.mjs
xvfb-run -a -s "-screen 0 1366x768x24" dbus-run-session -- sh -eu -c '
    tauri-driver --native-driver "$1" --port "$2" --native-port "$3" >"$BAOXUE_E2E_OUT/driver.log" 2>&1 &
    driver=$!
    trap "kill $driver 2>/dev/null || true" EXIT
    shift 3
    node --test --test-concurrency=1 "$@"
' run "$native" "$port" "$native_port" "$@"
