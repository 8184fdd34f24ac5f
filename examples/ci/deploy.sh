#!/bin/sh
# deploy.sh STACK: deploys what is checked out, and looks at the mesh then. Exit status 0 where it is healthy.
set -eu
stack=$1
npx fullmesh validate --stack "$stack"
npx fullmesh up --stack "$stack" -- --yes --skip-preview --color never --non-interactive
npx fullmesh status --stack "$stack"
