#!/usr/bin/env bash
# The organiser's whole path on one machine, command by command: a round with hidden seeds, three submissions behind the best
# wall there is, a signed ledger, and the board.
#
#     docs/examples/referee_demo.sh [FOLDER] [EPISODES]      (make referee-demo)
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="${1:-runs/referee-demo}"
episodes="${2:-2}"
ledger="$folder/ledger.jsonl"
key="$folder/private/key"
mission=course2020

rm -rf "$folder"
mkdir -p "$folder/private" "$folder/archives" "$folder/runs"
step() { echo "==> goldentime $*"; goldentime "$@"; }

step referee secret new "$folder/private/secret"
step referee key new "$key"
step ledger new "$ledger" --key "$key" --name "Referee demo"
step referee commit demo "$mission" --secret "$folder/private/secret" --ledger "$ledger" --key "$key"
for team in random pilot crashing; do
  step submit pack "$here/submissions/$team" --to "$folder/archives/$team.zip"
  GOLDENTIME_SECRET_FILE="$folder/private/secret" step evaluate "mission=$mission" "agent=$folder/archives/$team.zip" \
    split=hidden-demo "episodes=$episodes" "out=$folder/runs/$team"
  step ledger add "$ledger" "$folder/runs/$team" --key "$key" --team "$team"
done
step replay "$folder/runs/pilot" --episode 0
step referee reveal demo --secret "$folder/private/secret" --ledger "$ledger" --key "$key"
step verify "$ledger" --runs "$folder/runs" --public-key "$key.pub" --rescore
step board build "$ledger" --runs "$folder/runs" --out "$folder/board" --public-key "$key.pub"
