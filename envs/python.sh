#!/bin/sh
# Prints where a Python 3.11 is: the one that is named, one on the PATH, or one that uv finds or fetches. Where there is
# no uv, it comes from PyPI by pip or curl, and only with one of the checksums in envs/uv/requirements.txt.
# Usage: sh envs/python.sh [PYTHON]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$here/../.envs/uv
locked=$here/uv/requirements.txt

fail() {
    echo "$*" >&2
    exit 1
}

version_of() {
    "$1" -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null || true
}

fetch_by_pip() {
    for python in python3 python; do
        if "$python" -m pip --version >/dev/null 2>&1; then
            echo "No Python 3.11 was found, so uv is fetched by pip, which brings one." >&2
            PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 "$python" -m pip install --quiet --only-binary :all: --require-hashes --requirement "$locked" \
                --target "$folder" >&2 && return
        fi
    done
    return 1
}

download() {
    if command -v curl >/dev/null; then curl --silent --show-error --fail --location --output "$2" "$1"
    elif command -v wget >/dev/null; then wget --quiet --output-document "$2" "$1"
    else fail "Python 3.11 was not found, and neither was what fetches it: uv, pip, curl or wget. Install one of these, or" \
        "Python 3.11, and run make again."
    fi
}

sha256_of() {
    { sha256sum "$1" 2>/dev/null || shasum --algorithm 256 "$1"; } | cut -d ' ' -f 1
}

# Of a zip, one file. Where git is, there mostly is perl.
unpack() {
    if command -v unzip >/dev/null; then unzip -q -p "$1" "$2" >"$3"
    else perl -MIO::Uncompress::Unzip=unzip -e 'unzip $ARGV[0] => $ARGV[2], Name => $ARGV[1] or exit 1' "$1" "$2" "$3"
    fi
}

fetch_by_curl() {
    version=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' "$locked")
    mkdir -p "$folder/bin"
    download "${PIP_INDEX_URL:-https://pypi.org/simple}/uv/" "$folder/index.html"
    case $(uname -s) in Darwin) system=macosx ;; *) system=manylinux ;; esac
    address=$(grep -o "https\?://[^\"]*/uv-$version-py3-none-$system[^\"]*_$(uname -m)\.whl#sha256=[0-9a-f]*" \
        "$folder/index.html" | head -n 1)
    test -n "$address" || fail "uv $version has no wheel for $(uname -s) on $(uname -m); install Python 3.11."
    echo "No Python 3.11 was found, so uv is fetched, which brings one." >&2
    download "${address%#*}" "$folder/uv.whl"
    grep -q "sha256:$(sha256_of "$folder/uv.whl")" "$locked" \
        || fail "${address%#*}: its checksum is none of those in envs/uv/requirements.txt, so it is not used."
    unpack "$folder/uv.whl" "uv-$version.data/scripts/uv" "$folder/bin/uv" || fail "uv cannot be unpacked: install unzip."
    chmod +x "$folder/bin/uv"
    rm "$folder/uv.whl" "$folder/index.html"
}

if [ -n "${1:-}" ]; then
    test "$(version_of "$1")" = "3 11" || fail "PYTHON is $1, but Python 3.11 is needed: $("$1" --version 2>&1 \
        | grep -m 1 "^Python" || echo "this is none")." "
Install it and run: make PYTHON=/path/to/python3.11, or leave PYTHON out, and one is found or fetched."
    echo "$1"
    exit
fi
for python in python3.11 python3 python; do
    if [ "$(version_of "$python")" = "3 11" ]; then
        echo "$python"
        exit
    fi
done
uv=$(command -v uv || true)
if [ -z "$uv" ]; then
    uv=$folder/bin/uv
    test -x "$uv" || fetch_by_pip || fetch_by_curl
fi
"$uv" python find --system 3.11 2>/dev/null && exit
"$uv" python install --quiet 3.11 >&2 || fail "uv could not fetch Python 3.11 either. Install it, and run: make" \
    "PYTHON=/path/to/python3.11; or name a mirror of its builds in UV_PYTHON_INSTALL_MIRROR."
"$uv" python find --system 3.11
