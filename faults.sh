#!/usr/bin/env bash
# The fault suite at full counts. `dotnet test` runs the same tests at counts that take seconds.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

usage() {
  cat <<'TEXT'
./faults.sh [--quick]

Breaks what the app stands on (Midtrans, mail, the database, the process itself), again and again, and
checks that no order, payment or message is lost and none is applied twice. Prints what the tests counted.

  --quick   the counts of an ordinary `dotnet test`
  --help    this text

Exit code 0: every fault was survived.
TEXT
}

case "${1:-}" in
  '') export BUATFILM_FAULTS=full ;;
  --quick) unset BUATFILM_FAULTS ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 64 ;;
esac

export DOTNET_CLI_UI_LANGUAGE=en NO_COLOR=1
exec dotnet test --project BuatFilm.Tests --no-ansi --no-progress --output Detailed --show-live-output on \
  --filter-namespace 'BuatFilm.Tests.Faults*' 'BuatFilm.Tests.Journeys*'
