#!/usr/bin/env bash
# Puts the built adm and its shell completions under PREFIX, or takes them away again.
#
#   scripts/install.sh install PREFIX [BINARY]
#   scripts/install.sh uninstall PREFIX
#
# DESTDIR is put before PREFIX, for packagers. sudo is used only where PREFIX needs it, so that the
# build folder never fills with root's files.
set -euo pipefail

action=${1:?install or uninstall}
prefix=${2:?PREFIX}
# A shell does not expand the tilde in `make install PREFIX=~/.local`.
[ "${prefix:0:1}" != "~" ] || prefix=$HOME${prefix:1}
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
root=${DESTDIR:-}$prefix

files=(
    bin/adm
    share/bash-completion/completions/adm
    share/zsh/site-functions/_adm
    share/fish/vendor_completions.d/adm.fish
)

elevate=()
for file in "${files[@]}"; do
    directory=$(dirname "$root/$file")
    until [ -d "$directory" ]; do directory=$(dirname "$directory"); done
    [ -w "$directory" ] || elevate=(sudo)
done

case $action in
    install)
        binary=${3:-.build/release/adm}
        stage=$(mktemp -d)
        trap 'rm -rf "$stage"' EXIT
        strip -o "$stage/adm" "$binary"
        sources=("$stage/adm")
        for shell in bash zsh fish; do
            "$stage/adm" --generate-completion-script "$shell" >"$stage/$shell"
            sources+=("$stage/$shell")
        done
        for index in "${!files[@]}"; do
            mode=644
            [ "$index" -ne 0 ] || mode=755
            "${elevate[@]}" install -D -m "$mode" "${sources[index]}" "$root/${files[index]}"
            printf '%s\n' "$root/${files[index]}"
        done
        case "${DESTDIR:-}:$PATH:" in
            /* | *":$prefix/bin:"*) ;;
            *) printf 'note: %s is not on your PATH\n' "$prefix/bin" >&2 ;;
        esac
        ;;
    uninstall)
        for file in "${files[@]}"; do
            [ -e "$root/$file" ] || continue
            "${elevate[@]}" rm -f "$root/$file"
            printf 'removed %s\n' "$root/$file"
        done
        ;;
    *)
        printf 'usage: scripts/install.sh install|uninstall PREFIX [BINARY]\n' >&2
        exit 2
        ;;
esac
