#!/usr/bin/env bash
# Builds release tarballs into dist/: the program with its web app and demo city
# inside, the systemd unit, licence and notices, and a list of SHA-256 sums.
# cgo is needed (H3, SQLite), so another architecture needs its cross compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${VERSION:-dev}
rm -rf dist && mkdir -p dist
for arch in amd64 arm64; do
  case $arch in amd64) cc=x86_64-linux-gnu-gcc ;; arm64) cc=aarch64-linux-gnu-gcc ;; esac
  [ "$(go env GOARCH)" = "$arch" ] && cc=${CC:-gcc}
  if ! command -v "$cc" >/dev/null; then
    echo "skipped linux/$arch: no $cc (on Debian: apt-get install gcc-${cc%-gcc})"
    continue
  fi
  name=citygrid-$version-linux-$arch
  mkdir -p "dist/$name"
  CGO_ENABLED=1 GOOS=linux GOARCH=$arch CC=$cc go build -trimpath -ldflags "${LDFLAGS:-}" -o "dist/$name/citygrid" ./cmd/citygrid
  cp -r LICENSE NOTICE README.md CHANGELOG.md CONTRIBUTING.md docs deploy/citygrid.service "dist/$name/"
  tar -C dist --owner=0 --group=0 -czf "dist/$name.tar.gz" "$name"
  rm -rf "dist/${name:?}"
done
(cd dist && sha256sum -- *.tar.gz >SHA256SUMS && cat SHA256SUMS)
