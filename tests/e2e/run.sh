#!/bin/sh
# The real window under Xvfb: builds it, starts the drivers, runs the tests of this folder, in lanes side by side,
# each with a screen, a driver, a profile and a stick of its own. BAOXUE_E2E_LANES says how many: three, where there are two
# cores, because a window waits half of its time.
# Screenshots stay in $BAOXUE_E2E_OUT (by default e2e under the build folder), what each file said beside them.
# Arguments: files to run; what begins with a dash goes to node's test runner.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
out=${BAOXUE_E2E_OUT:-$target/e2e}
lanes=${BAOXUE_E2E_LANES:-$(if [ "$(nproc)" -gt 1 ]; then echo 3; else echo 1; fi)}
# Free ports, so that a driver left over from another run is in nobody's way.
free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
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

files='' options=''
for word; do
    case $word in
    -*) options="$options $word" ;;
    *) files="$files $word" ;;
    esac
done
# The longest first, so that no lane begins one when the others are done.
if [ -z "$files" ]; then
    for name in screens fields registers clock center walk; do files="$files $here/$name.test.mjs"; done
    for file in "$here"/*.test.mjs; do
        case $files in *"$file"*) ;; *) files="$files $file" ;; esac
    done
fi

rm -rf "$out"
mkdir -p "$out/taken"
export BAOXUE_BINARY="$target/debug/baoxue"
export BAOXUE_E2E_OUT="$out"
export LANG=C.UTF-8
ports=''
for lane in $(seq $((lanes * 2))); do ports="$ports $(free_port)"; done

# One lane: takes the next file that nobody has taken, until none is left.
cat >"$out/lane.sh" <<'LANE'
lane=$1 native=$2 port=$3 native_port=$4 files=$5 options=$6
tauri-driver --native-driver "$native" --port "$port" --native-port "$native_port" >"$BAOXUE_E2E_OUT/driver$lane.log" 2>&1 &
driver=$!
trap 'kill $driver 2>/dev/null || true' EXIT
failed=0
for file in $files; do
    name=$(basename "$file" .test.mjs)
    mkdir "$BAOXUE_E2E_OUT/taken/$name" 2>/dev/null || continue
    node --test --test-concurrency=1 --test-timeout=900000 $options "$file" >"$BAOXUE_E2E_OUT/$name.log" 2>&1 || { failed=1; echo "$name" >>"$BAOXUE_E2E_OUT/failed"; }
    cat "$BAOXUE_E2E_OUT/$name.log"
done
exit $failed
LANE

running=''
for lane in $(seq "$lanes"); do
    # What the web runtime keeps for itself begins empty and ends here.
    profile="$out/profile/$lane"
    mkdir -p "$profile" "$out/plugged/$lane"
    set -- $ports
    shift $(((lane - 1) * 2))
    XDG_DATA_HOME="$profile/data" XDG_CACHE_HOME="$profile/cache" XDG_CONFIG_HOME="$profile/config" \
        BAOXUE_DRIVER="http://127.0.0.1:$1" BAOXUE_STICK="$out/plugged/$lane/STICK" \
        xvfb-run -a -n $((90 + lane * 20)) -s "-screen 0 1366x768x24" dbus-run-session -- \
        sh -eu "$out/lane.sh" "$lane" "$native" "$1" "$2" "$files" "$options" &
    running="$running $!"
done
failed=0
for lane in $running; do wait "$lane" || failed=1; done
[ ! -f "$out/failed" ] || echo "failed: $(tr '\n' ' ' <"$out/failed")"
exit $failed
