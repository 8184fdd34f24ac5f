#!/bin/sh
# comment-github.sh NUMBER FILE: puts the file into the one comment of its kind on a pull request, which it makes or updates: the first line tells the kind.
# Takes gh with GH_TOKEN, and GITHUB_REPOSITORY, as GitHub Actions has them.
set -eu
number=$1
file=$2
export FULLMESH_KIND
FULLMESH_KIND=$(head -n 1 "$file")
comments="repos/$GITHUB_REPOSITORY/issues"
# shellcheck disable=SC2016 # jq's own
id=$(gh api --paginate "$comments/$number/comments" --jq '.[] | select(.body | startswith(env.FULLMESH_KIND)) | .id' | head -n 1)
if [ -n "$id" ]; then
  gh api --silent --method PATCH "$comments/comments/$id" --field "body=@$file"
else
  gh api --silent --method POST "$comments/$number/comments" --field "body=@$file"
fi
