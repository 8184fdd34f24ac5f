#!/bin/sh
# review.sh STACK BASE: what a pull request does to a mesh, as Markdown on stdout: what is wrong with the files, the difference from the commit BASE with a picture, what a
# failure would do then, and Pulumi's preview. Exit status 1 where the change cannot be deployed. No host is changed.
set -eu
stack=$1
base=$2

# GitHub takes 65,536 characters in a comment, and GitLab a million.
most_characters=${FULLMESH_COMMENT_CHARACTERS:-60000}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# folded TITLE FILE: the file as it is, behind a line that opens it.
folded() {
  printf '\n<details><summary>%s</summary>\n\n~~~~\n' "$1"
  cat "$2"
  printf '~~~~\n\n</details>\n'
}

refused() {
  printf '**refused**: %s\n\n~~~~\n' "$1"
  cat "$2"
  printf '~~~~\n'
}

review() {
  printf '<!-- fullmesh %s -->\n## fullmesh: %s\n\n' "$stack" "$stack"
  if ! npx fullmesh validate --stack "$stack" >"$work/validate" 2>&1; then
    refused "the files of this stack" "$work/validate"
    return 1
  fi
  if grep -q '^warning' "$work/validate"; then folded 'Warnings' "$work/validate"; fi
  if npx fullmesh diff --stack "$stack" --markdown "$base" >"$work/diff" 2>&1; then cat "$work/diff"; else refused 'the comparison' "$work/diff"; fi
  npx fullmesh simulate --stack "$stack" >"$work/simulate" 2>&1 || :
  folded 'What a failure would do' "$work/simulate"
  if pulumi preview --stack "$stack" --diff --color never --non-interactive >"$work/preview" 2>&1; then
    folded 'pulumi preview' "$work/preview"
    return
  fi
  refused 'pulumi preview' "$work/preview"
  return 1
}

status=0
review >"$work/review" || status=$?
if [ "$(wc -m <"$work/review")" -gt "$most_characters" ]; then
  # All but the preview, which the job's log has.
  sed '/<summary>pulumi preview<\/summary>/,$d' "$work/review" | head -c "$((most_characters - 200))"
  printf '\n\nThe rest is too long for a comment: see the log of the job.\n'
  cat "$work/review" >&2
else
  cat "$work/review"
fi
exit "$status"
