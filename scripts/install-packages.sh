#!/usr/bin/env bash
# Installs the system packages that are missing, and nothing else.
#
#   scripts/install-packages.sh build    what building adm needs
#   scripts/install-packages.sh test     that, and what the checks and tests need
#   scripts/install-packages.sh bench    what building and the benchmarks need
#
# What is missing is found out by looking for the thing itself (a command, a header), so that
# nothing is asked of a machine that has it from elsewhere. Only Debian and its relatives can be
# helped; on other systems the script names what is missing and fails.
set -euo pipefail

# Debian keeps servers in directories that are not on the PATH of a plain user.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

packages=()
things=()

want() {
    things+=("$2")
    case " ${packages[*]:-} " in
        *" $1 "*) ;;
        *) packages+=("$1") ;;
    esac
}

# need_command PACKAGE COMMAND
need_command() {
    command -v "$2" >/dev/null || want "$1" "the command $2"
}

# need_file PACKAGE WHAT GLOB...
need_file() {
    local glob
    for glob in "${@:3}"; do
        if compgen -G "$glob" >/dev/null; then return; fi
    done
    want "$1" "$2"
}

# need_header PACKAGE HEADER
need_header() {
    need_file "$1" "the header $2" "/usr/include/$2" "/usr/include/*/$2" "/usr/local/include/$2"
}

# The libraries that the programs of the Swift toolchain want and this machine does not have.
#
# All programs are looked at but the debugger, which neither builds nor tests, and wants one version
# of Python that most machines do not have.
missing_libraries() {
    local toolchain program library
    toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
    for program in "$toolchain"/bin/* "$toolchain"/lib/*.so; do
        case ${program##*/} in lldb* | repl_swift | liblldb*) continue ;; esac
        ldd "$program" 2>/dev/null || true
    done | awk '$2 == "=>" && $3 == "not" { print $1 }' | sort -u | while read -r library; do
        # Libraries of the toolchain find each other once the program that loads them runs.
        compgen -G "$toolchain/lib/swift/*/$library" >/dev/null || printf '%s\n' "$library"
    done
}

# library_package LIBRARY: the Debian package that it is in, which is named for the library and its
# version where no older habit says otherwise
library_package() {
    case $1 in
        libform.so.6 | libmenu.so.6 | libncurses.so.6 | libpanel.so.6) echo libncurses6 ;;
        libgcc_s.so.1) echo libgcc-s1 ;;
        libicu*) echo "libicu${1#*.so.}" ;;
        libxml2.so.2) echo libxml2 ;;
        libz.so.1) echo zlib1g ;;
        libpython3.*) echo "${1%%.so.*}" ;;
        # A hyphen keeps a name that ends with a digit apart from the version: libsqlite3-0.
        *[0-9].so.*) echo "${1%%.so.*}-${1#*.so.}" ;;
        *.so.*) echo "${1%%.so.*}${1#*.so.}" ;;
    esac | tr '[:upper:]_' '[:lower:]-'
}

find_missing() {
    packages=()
    things=()
    local library
    for library in $(missing_libraries); do
        want "$(library_package "$library")" "the library $library, which Swift is linked to"
    done
    need_command make make
    need_command git git
    need_command pkg-config pkg-config
    need_command binutils strip
    need_command binutils-gold ld.gold
    need_header libc6-dev stdlib.h
    need_header g++ 'c++/*/vector'
    need_header libsqlite3-dev sqlite3.h
    need_header libexpat1-dev expat.h
    need_header libsecret-1-dev libsecret-1/libsecret/secret.h
    need_header zlib1g-dev zlib.h
    need_file ca-certificates "the list of trusted certificates" \
        /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem
    if [ "$1" = bench ]; then
        need_command aria2 aria2c
        need_command axel axel
        need_command curl curl
        need_command gcc gcc
        need_command iproute2 ip
        need_command nginx nginx
        need_command openssl openssl
        need_command python3 python3
        need_command rclone rclone
        need_command wget2 wget2
    fi
    [ "$1" = test ] || return 0
    need_command binutils nm
    need_command curl curl
    need_command microsocks microsocks
    need_command nginx nginx
    need_command openssl openssl
    need_command python3 python3
    need_command strace strace
    # The program alone: the package tinyproxy also starts it with the machine.
    need_command tinyproxy-bin tinyproxy
    need_command lighttpd lighttpd
    need_command squid squid
    need_command e2fsprogs mkfs.ext4
    need_command iproute2 ip
    need_command sqlite3 sqlite3
    # The keyring of a desktop, and a program besides adm that reads it.
    need_command dbus dbus-daemon
    need_command gnome-keyring gnome-keyring-daemon
    need_command libsecret-tools secret-tool
    need_file libsecret-1-0 "the library libsecret-1.so.0" \
        "/usr/lib/*/libsecret-1.so.0" "/usr/lib/libsecret-1.so.0" "/usr/lib64/libsecret-1.so.0"
}

fail() {
    printf 'install-packages: %s\n' "$@" >&2
    exit 1
}

# The words with commas between them.
listed() {
    printf '%s, ' "$@" | sed 's/, $//'
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" \
        >>"$log" 2>&1
}

# A package with a server in it starts the server. Nobody asked for that: while packages are being
# installed, a policy forbids it, and afterwards nothing of it starts with the machine.
policy=/usr/sbin/policy-rc.d
forbid_services() {
    [ ! -e "$policy" ] || return 0
    as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"
    has_policy=yes
}

clean_up() {
    rm -f "$log"
    [ -z "$has_policy" ] || as_root rm -f "$policy"
}

show_log() {
    tail -n 25 "$log" >&2
    fail "apt-get could not install: ${packages[*]}" \
        "they are for $(listed "${things[@]}")"
}

install_missing() {
    printf 'installing %s\n' "${packages[*]}"
    case " ${packages[*]} " in *" nginx "* | *" lighttpd "*) forbid_services ;; esac
    compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || apt_get update || show_log
    # Lists that are out of date name packages that are gone: then they are fetched anew.
    if ! apt_get install --no-install-recommends "${packages[@]}"; then
        apt_get update || show_log
        apt_get install --no-install-recommends "${packages[@]}" || show_log
    fi
    case " ${packages[*]} " in
        *" nginx "* | *" lighttpd "*)
            if command -v systemctl >/dev/null; then
                as_root systemctl --quiet disable nginx.service lighttpd.service 2>/dev/null || true
            fi
            ;;
    esac
}

mode=${1:-}
case $mode in
    build | test | bench) ;;
    *) fail "usage: scripts/install-packages.sh build|test|bench" ;;
esac

command -v swift >/dev/null \
    || fail "the command swift is missing: install Swift $(cat "$(dirname "$0")/../.swift-version")"

find_missing "$mode"
[ ${#packages[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || fail \
    "missing on this machine: $(listed "${things[@]}")" \
    "this is no Debian system, so please install them yourself;" \
    "on Debian the packages would be: ${packages[*]}"
[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null || fail \
    "these packages are missing and need root to be installed: ${packages[*]}" \
    "run as root: apt-get install --no-install-recommends ${packages[*]}"

has_policy=
log=$(mktemp)
trap clean_up EXIT
# The second round is for what only fresh package lists can name.
for _ in 1 2; do
    [ ${#packages[@]} -eq 0 ] || install_missing
    hash -r
    find_missing "$mode"
done
[ ${#packages[@]} -eq 0 ] || fail \
    "still missing after the installation: $(listed "${things[@]}")"
