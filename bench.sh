#!/usr/bin/env bash
# Measures the hot paths against the database's own rate; see bench/README.md.
set -euo pipefail
cd "$(dirname "$0")"

dotnet build BuatFilm.Admin -c Release --nologo -v quiet
dotnet build bench/BuatFilm.Bench -c Release --nologo -v quiet
exec dotnet bench/BuatFilm.Bench/bin/Release/net10.0/BuatFilm.Bench.dll --root . "$@"
