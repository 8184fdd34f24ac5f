#!/bin/sh
# comment-gitlab.sh NUMBER FILE: puts the file into the one note of its kind on a merge request, which it makes or updates: the first line tells the kind.
# Takes curl and jq, CI_API_V4_URL and CI_PROJECT_ID as GitLab has them, and GITLAB_TOKEN: a project access token with the scope `api`, as a masked variable.
set -eu
number=$1
file=$2
notes="$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$number/notes"
kind=$(head -n 1 "$file")

# The token goes by stdin: what stands in a command line can be read by others on the machine.
gitlab() {
  printf 'header = "PRIVATE-TOKEN: %s"\n' "$GITLAB_TOKEN" | curl --silent --show-error --fail --config - "$@"
}

page=1 id=''
while [ -z "$id" ]; do
  found=$(gitlab "$notes?per_page=100&page=$page")
  [ "$(printf '%s' "$found" | jq length)" -gt 0 ] || break
  id=$(printf '%s' "$found" | jq --arg kind "$kind" '[.[] | select(.body | startswith($kind)) | .id] | first // empty')
  page=$((page + 1))
done
if [ -n "$id" ]; then
  gitlab --output /dev/null --request PUT --data-urlencode "body@$file" "$notes/$id"
else
  gitlab --output /dev/null --request POST --data-urlencode "body@$file" "$notes"
fi
