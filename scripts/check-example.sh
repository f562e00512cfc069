#!/usr/bin/env bash
# Builds Examples/DownloadOne as a package of somebody else does, which names adm by a URL, and downloads a
# file with it. What is committed counts.
#
#   scripts/check-example.sh
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT

# A dependency is found by the last part of its URL, and a branch needs a name.
git clone --quiet . "$work/adm"
git -C "$work/adm" checkout --quiet -B main
export ADM_REPOSITORY="file://$work/adm"
cp -R Examples/DownloadOne "$work/DownloadOne"
swift build --quiet --package-path "$work/DownloadOne" --scratch-path "$PWD/.build-example"

mkdir "$work/served" "$work/home"
head -c 3000000 /dev/urandom >"$work/served/file.bin"
python3 -u -m http.server --bind 127.0.0.1 --directory "$work/served" 0 >"$work/log" 2>&1 &
server=$!
until port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$work/log") && [ -n "$port" ]; do
    kill -0 "$server"
    sleep 0.1
done
saved=$(env -i HOME="$work/home" .build-example/debug/DownloadOne \
    "http://127.0.0.1:$port/file.bin" | tail -n 1)
cmp "$work/served/file.bin" "$saved"
echo "DownloadOne saved $saved"
