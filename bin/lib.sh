# Shared by the scripts in bin/: where things are, messages, settings, who runs the server.
# Plain bash 3.2 (macOS ships no newer one). To be sourced.
# shellcheck shell=bash

set -euo pipefail
umask 022

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '       %s\n' "$line" >&2; done
    exit 1
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
# As many random bytes, in hexadecimal.
random() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

# .env gives defaults: what is already in the environment wins, so it is parsed, not sourced.
load_dotenv() {
    local line key value
    [ -f "$root/.env" ] || return 0
    # not split by read: that would take the = a value ends with
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in *=*) key=${line%%=*} value=${line#*=} ;; *) continue ;; esac
        case $key in '' | *[!A-Za-z0-9_]*) continue ;; esac
        case $value in
            \"*\"*) value=${value#\"} value=${value%%\"*} ;;
            \'*\'*) value=${value#\'} value=${value%%\'*} ;;
            *) value=${value%%[[:space:]]#*} ;;
        esac
        if [ -z "${!key+set}" ]; then export "$key=$value"; fi
    done <"$root/.env"
}
load_dotenv

state=$root/.local
port_file=$state/port
# shellcheck disable=SC2034 # for the scripts that source this
password_file=$state/password
login=wholesaler

# The tools of a fresh machine: uv may live in .local/uv, Python's in .venv.
export PATH="$root/.venv/bin:$PATH:$root/.local/uv/bin"
export DO_NOT_TRACK=1
# Container images often set this; without byte code every start of dbt compiles its libraries for seconds.
unset PYTHONDONTWRITEBYTECODE

# PGHOST set by the user means: use that server. What `bin/env` exported for our own does not count.
external_server() {
    [ -n "${PGHOST:-}" ] || return 1
    [ "$PGHOST" != 127.0.0.1 ] || [ "${PGUSER:-}" != "$login" ] || [ ! -f "$port_file" ] \
        || [ "${PGPORT:-}" != "$(cat "$port_file")" ]
}

# Prints the bin directory of a PostgreSQL >= 15 with PostGIS ($1: exactly this major version), newest first.
postgres_bin() {
    local dir version
    for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin \
        /usr/local/opt/postgresql@*/bin /usr/pgsql-*/bin | sort -rV) \
        $(command -v postgres >/dev/null && dirname "$(command -v postgres)"); do
        [ -x "$dir/postgres" ] && [ -x "$dir/initdb" ] || continue
        version=$("$dir/postgres" -V | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
        [ "$version" -ge 15 ] || continue
        [ -z "${1:-}" ] || [ "$version" = "$1" ] || continue
        [ -f "/usr/share/postgresql/$version/extension/postgis.control" ] \
            || [ -f "$("$dir/pg_config" --sharedir 2>/dev/null)/extension/postgis.control" ] || continue
        printf '%s\n' "$dir"
        return 0
    done
    return 1
}

owner_of() { find "$1" -maxdepth 0 -exec ls -ld {} \; | awk '{print $3}'; }

# Runs a command as the user the server runs as, from a directory every user can enter.
as_server() {
    if [ "$(id -un)" = "$server_user" ]; then
        (cd / && "$@")
    elif command -v runuser >/dev/null; then
        (cd / && runuser -u "$server_user" -- "$@")
    else
        (cd / && sudo -n -u "$server_user" "$@")
    fi
}

# Sets base, data, sockets and server_user of the private server. Creates nothing but .local.
locate_server() {
    local hash_dir
    mkdir -p "$state"
    hash_dir=/var/lib/wholesaler/$(printf %s "$state" | cksum | awk '{print $1}')
    if [ "$(id -u)" -ne 0 ]; then
        server_user=$(id -un)
        base=$state
    else
        # PostgreSQL refuses to run as root.
        if id postgres >/dev/null 2>&1; then server_user=postgres; else server_user=wholesaler; fi
        base=$state
        if [ -f "$state/postgres/PG_VERSION" ]; then
            server_user=$(owner_of "$state/postgres") # made by a normal user: stays theirs
        elif [ -f "$hash_dir/postgres/PG_VERSION" ] || ! as_server test -x "$state" 2>/dev/null; then
            base=$hash_dir # the checkout is in a directory only root can enter
        fi
    fi
    data=$base/postgres
    sockets=$base/run
    # A socket address holds 107 bytes on Linux and 103 on macOS, name of the socket included.
    if [ ${#sockets} -gt 80 ]; then sockets=/tmp/wholesaler-$(printf %s "$state" | cksum | awk '{print $1}'); fi
}

# One script at a time changes the private server. The lock ends with this process; its file
# descriptor, 9, must not go to the server. In perl because macOS has no flock(1).
take_turn() {
    exec 9>"$state/lock"
    perl -e 'use Fcntl ":flock"; alarm 120; open(my $lock, ">&=", 9) or die; flock($lock, LOCK_EX) or die' \
        || die "another script has held $state/lock for two minutes"
}

# How a database of ours is made: the same order of text everywhere, by bytes, which for UTF-8 is that of the code
# points. Any other collation makes each comparison of parcel ids several times dearer.
# shellcheck disable=SC2034 # for the scripts that source this
database_options="template template0 encoding 'UTF8' locale_provider libc lc_collate 'C'"

# psql as administrator on database $1: ours through the private socket, theirs with PGADMINUSER or PGUSER.
admin_psql() {
    local database=$1
    shift
    if external_server; then
        PGUSER=${PGADMINUSER:-${PGUSER:-$login}} PGPASSWORD=${PGADMINPASSWORD:-${PGPASSWORD:-}} \
            psql -X -q -v ON_ERROR_STOP=1 -d "$database" "$@"
    else
        as_server env -u PGPASSWORD -u PGOPTIONS -u PGSERVICE PGHOST="$sockets" PGPORT="$(cat "$port_file")" \
            PGUSER=postgres "$(server_bin)/psql" -X -q -v ON_ERROR_STOP=1 -d "$database" "$@"
    fi
}

# The programs that fit the data directory: a newer PostgreSQL cannot open an older one's files.
server_bin() { postgres_bin "$(cat "$data/PG_VERSION" 2>/dev/null || as_server cat "$data/PG_VERSION" 2>/dev/null || true)"; }

# True while the server of our data directory runs. After a crash its process id may belong to somebody else.
server_pid() {
    local pid
    pid=$(as_server head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 1
    if [ -r "/proc/$pid/cmdline" ]; then
        tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$data" || return 1
    else
        ps -p "$pid" -o command= 2>/dev/null | grep -qF -- "$data" || return 1
    fi
    printf '%s\n' "$pid"
}
