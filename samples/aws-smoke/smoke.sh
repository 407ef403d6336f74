#!/usr/bin/env bash
# Runs CredentialSidecar in one Fargate task of one AWS account, as a role of another account, and checks the result.
# It writes a report without secrets and removes everything that it created. README.md has the details.
set -euo pipefail

usage() {
  cat <<'END'
usage: smoke.sh --caller-profile P --destination-profile P --region R --image IMAGE [flag...]
       smoke.sh --caller-profile P --destination-profile P --region R --cleanup-only RUN_ID [--cluster NAME]

  --caller-profile P       AWS CLI profile of the account that runs the task
  --destination-profile P  AWS CLI profile of the other account
  --region R               region of the task
  --image IMAGE            the sidecar's image, in a registry that Fargate reaches
  --app-image IMAGE        an image with the AWS CLI (default: public.ecr.aws/aws-cli/aws-cli:latest)
  --architecture A         X86_64 (default) or ARM64, as the sidecar's image
  --sidecar-program PATH   run `generate` with this program (default: with the image, through docker)
  --cluster NAME           run in this cluster (default: create one)
  --subnets A,B            subnets of the task (default: those of the default VPC)
  --security-groups A,B    security groups of the task (default: the default one of the VPC)
  --public-ip MODE         ENABLED (default), or DISABLED for subnets with a NAT gateway
  --timeout SECONDS        limit for the task, from run-task to its end (default: 600)
  --poll SECONDS           pause between two questions to AWS (default: 5)
  --report FILE            the report (default: smoke-report-RUN_ID.txt)
  --yes                    do not ask before anything is created
  --dry-run                print the commands, run none of them
  --cleanup-only RUN_ID    remove what an earlier run left

exit code: 0 passed, 1 failed, 2 something could not be removed, 64 wrong flag, 130 interrupted
END
}

caller_profile='' destination_profile='' region='' image='' sidecar_program='' own_cluster='' subnets='' security_groups=''
app_image=public.ecr.aws/aws-cli/aws-cli:latest architecture=X86_64 public_ip=ENABLED timeout=600 poll=5
report='' yes='' dry_run='' run_id='' cleanup_only='' work=''
failure='' may_exist='' task='' task_id='' health='' sleeper='' remaining=()
caller_account='' destination_account='' external_id='' version='' identity='' cleanup_result='' missing='' reason=''

# The terminal, where a command's own output goes to a file.
exec 3>&1 4>&2
say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
fail() { # TEXT [EXIT_CODE]
  failure=$1
  printf 'smoke.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

# Prints a command as it can be typed.
show() {
  local word line=''
  for word in "$@"; do
    [[ $word =~ ^[A-Za-z0-9./:@_=,+-]+$ ]] || word="'${word//\'/\'\\\'\'}'"
    line+=" $word"
  done
  printf ' %s\n' "$line" >&3
}

on() { # PROFILE WORD...
  local profile=$1
  shift
  if [ -n "$dry_run" ]; then show aws --profile "$profile" --region "$region" "$@"; return; fi
  AWS_PAGER='' aws --profile "$profile" --region "$region" "$@"
}
caller() { on "$caller_profile" "$@"; }
destination() { on "$destination_profile" "$@"; }

sidecar() {
  local words=("$sidecar_program" "$@")
  [ -n "$sidecar_program" ] || words=(docker run --rm -i --network none "$image" "$@")
  if [ -n "$dry_run" ]; then show "${words[@]}"; return; fi
  "${words[@]}"
}

# Runs the generated script. The AWS CLI prefers keys in the environment to AWS_PROFILE, so they are removed.
create_roles() { # PROFILE
  local words=(env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN
    "AWS_PROFILE=$1" "AWS_DEFAULT_REGION=$region" AWS_PAGER= sh "$work/iam.sh")
  if [ -n "$dry_run" ]; then show "${words[@]}"; return; fi
  "${words[@]}"
}

# A signal ends this pause at once: bash runs a trap only after a command in the foreground.
pause() {
  sleep "$poll" >/dev/null 2>&1 3>&- 4>&- &
  sleeper=$!
  wait "$sleeper"
  sleeper=''
}

error_text() { tr -s '\n ' '  ' <"$work/error" | sed -E 's/^ +| +$//g'; }

must() { # WHAT COMMAND...
  local what=$1
  shift
  "$@" >"$work/out" 2>"$work/error" || fail "$what failed: $(error_text)"
}

# Runs a command again while its error matches, for at most 90 s: IAM needs seconds to make a new role known.
retry() { # PATTERN WHAT COMMAND...
  local pattern=$1 what=$2 end=$((SECONDS + 90))
  shift 2
  until "$@" >"$work/out" 2>"$work/error"; do
    grep -qE "$pattern" "$work/error" || fail "$what failed: $(error_text)"
    [ "$SECONDS" -lt "$end" ] || fail "$what failed for 90 s: $(error_text)"
    pause
  done
}

# Stores the output of a command; with --dry-run, a placeholder.
read_into() { # VARIABLE PLACEHOLDER WHAT COMMAND...
  local variable=$1 placeholder=$2 what=$3
  shift 3
  must "$what" "$@"
  if [ -n "$dry_run" ]; then printf -v "$variable" %s "$placeholder"; else printf -v "$variable" %s "$(<"$work/out")"; fi
}

# --- Removal. Every name holds the run id, so nothing of another run or owner is touched.

remove() { # WHAT COMMAND...
  local what=$1 end=$((SECONDS + 90))
  shift
  until "$@" >"$work/out" 2>"$work/error"; do
    if grep -qE 'NoSuchEntity|ResourceNotFoundException|ClusterNotFoundException' "$work/error"; then
      missing=1
      return
    fi
    if [ "$SECONDS" -ge "$end" ] || ! grep -qE 'ClusterContains|DeleteConflict|Throttl|TooManyRequests|connect' "$work/error"; then
      remaining+=("$what")
      say "  $what could not be removed: $(error_text)"
      return
    fi
    pause
  done
  [ -n "$dry_run" ] || say "  removed $what"
}

# The policies are those that `generate iam --format cli` gives the roles of this run.
remove_roles() {
  remove "policy of $name-task" caller iam delete-role-policy --role-name "$name-task" --policy-name credential-sidecar
  remove "role $name-task" caller iam delete-role --role-name "$name-task"
  remove "policy of $name-execution" caller iam detach-role-policy --role-name "$name-execution" \
    --policy-arn "arn:$partition:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
  remove "role $name-execution" caller iam delete-role --role-name "$name-execution"
  remove "role $name-destination" destination iam delete-role --role-name "$name-destination"
}

remove_tasks() {
  local tasks one end=$((SECONDS + 120)) state
  tasks=$(caller ecs list-tasks --cluster "$cluster" --started-by "$name" --query 'taskArns[]' --output text 2>/dev/null) || tasks=''
  [ -z "$dry_run" ] || tasks=TASK
  for one in $tasks; do
    remove "task ${one##*/}" caller ecs stop-task --cluster "$cluster" --task "$one" --reason 'The smoke test ends'
    until state=$(caller ecs describe-tasks --cluster "$cluster" --tasks "$one" --query 'tasks[0].lastStatus' --output text \
      2>/dev/null) && [[ $state = STOPPED || $state = None || -n $dry_run ]]; do
      [ "$SECONDS" -lt "$end" ] || break
      pause
    done
  done
}

remove_task_definition() {
  local arns arn
  arns=$(caller ecs list-task-definitions --family-prefix "$name" --query 'taskDefinitionArns[]' --output text 2>/dev/null) || arns=''
  [ -z "$dry_run" ] || arns=$name:1
  for arn in $arns; do
    remove "task definition ${arn##*/}" caller ecs deregister-task-definition --task-definition "$arn"
    # Older versions of the AWS CLI cannot delete. An inactive task definition costs nothing and cannot be run.
    caller ecs delete-task-definitions --task-definitions "$arn" >/dev/null 2>&1 || say "  task definition ${arn##*/} stays, inactive"
  done
}

remove_all() {
  step "Removing what run $run_id created"
  remove_tasks
  remove_task_definition
  [ -n "$own_cluster" ] || remove "cluster $cluster" caller ecs delete-cluster --cluster "$cluster"
  remove "log group $log_group" caller logs delete-log-group --log-group-name "$log_group"
  missing=''
  remove_roles
  if [ -n "$dry_run" ]; then say "This was a dry run: none of these commands was run."; return; fi
  # IAM may not know a role yet that was created a moment ago, so look once more.
  if [ -n "$missing" ]; then
    pause
    remove_roles
  fi
  cleanup_result="Nothing of run $run_id remains."
  if [ "${#remaining[@]}" -gt 0 ]; then
    cleanup_result="NOT removed: $(printf '%s\n' "${remaining[@]}" | sort -u | paste -sd, - | sed 's/,/, /g')."
    cleanup_result+=" Run smoke.sh again with the same profiles and --cleanup-only $run_id."
  fi
  say "$cleanup_result"
}

# --- The report

# Replaces account ids, the external id, key ids and everything long enough to be a key or a token.
mask() {
  sed -E -e "s/${external_id:-^$}/<external-id>/g" \
    -e "s/${caller_account:-^$}/<caller-account>/g" -e "s/${destination_account:-^$}/<destination-account>/g" \
    -e 's/(^|[^0-9A-Za-z])[0-9]{12}([^0-9A-Za-z]|$)/\1<account>\2/g' \
    -e 's/(AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}/<key-id>/g' -e 's#[A-Za-z0-9+/=_]{40,}#<long-value>#g'
}

log_of() { # CONTAINER
  caller logs get-log-events --log-group-name "$log_group" --log-stream-name "smoke/$1/$task_id" --start-from-head \
    --query 'events[].[message]' --output text
}

describe() { # QUERY [OUTPUT]
  caller ecs describe-tasks --cluster "$cluster" --tasks "$task" --query "$1" --output "${2:-text}"
}

collect() {
  local container query='tasks[0].{lastStatus: lastStatus, platformVersion: platformVersion, platformFamily: platformFamily,
    availabilityZone: availabilityZone, createdAt: createdAt, pullStartedAt: pullStartedAt, pullStoppedAt: pullStoppedAt,
    startedAt: startedAt, stoppingAt: stoppingAt, executionStoppedAt: executionStoppedAt, stoppedAt: stoppedAt, stopCode: stopCode,
    stoppedReason: stoppedReason, containers: containers[].{name: name, lastStatus: lastStatus, exitCode: exitCode,
    healthStatus: healthStatus, reason: reason, restarts: restartCount}}'
  {
    printf '## Task\nhealth of the sidecar while the task ran: %s\n' "${health:-not seen}"
    describe "$query" json 2>&1 || true
    for container in app credential-sidecar; do
      printf '\n## Log of %s\n' "$container"
      log_of "$container" 2>&1 || true
    done
  } >"$work/evidence"
}

write_report() { # EXIT_CODE
  local result=passed
  [ "$1" -eq 0 ] || result="FAILED (exit code $1): ${failure:-the script ended unexpectedly}"
  {
    say "# CredentialSidecar on Fargate: $result"
    printf '%-20s %s\n' run "$run_id" date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" region "$region" architecture "$architecture" \
      sidecar "$version, $image" application "$app_image" 'AWS CLI' "$(aws --version 2>&1)" identity "${identity:-not seen}"
    say ""
    [ ! -f "$work/evidence" ] || cat "$work/evidence"
    printf '\n## Removal\n%s\n' "$cleanup_result"
  } | mask >"$report"
  say "Report: $report. It has no account ids, keys or tokens. Read it before you attach it."
}

finish() {
  local code=$?
  trap '' INT TERM HUP
  set +e
  # A signal may come while a function's output goes to a file.
  exec >&3 2>&4
  [ -z "$sleeper" ] || kill "$sleeper" 2>/dev/null
  if [ -n "$may_exist" ]; then
    if [ "$code" -gt 128 ]; then failure="interrupted by a signal"; fi
    if [ -n "$task" ] && [ "$code" -eq 1 ]; then collect; fi
    remove_all
    if [ -z "$dry_run$cleanup_only" ]; then write_report "$code"; fi
    [ "${#remaining[@]}" -eq 0 ] || code=2
  fi
  [ -z "$work" ] || rm -rf "$work"
  exit "$code"
}

# --- The run

read_flags() {
  while [ $# -gt 0 ]; do
    case $1 in
      --yes) yes=1 ;;
      --dry-run) dry_run=1 ;;
      -h | --help) usage; exit 0 ;;
      --caller-profile | --destination-profile | --region | --image | --app-image | --architecture | --sidecar-program | --subnets | \
        --security-groups | --public-ip | --timeout | --poll | --report | --cluster | --cleanup-only)
        [ -n "${2-}" ] || fail "$1 has no value; expected one after it. See --help." 64
        local variable=${1#--}
        variable=${variable//-/_}
        [ "$variable" != cluster ] || variable=own_cluster
        printf -v "$variable" %s "$2"
        shift ;;
      *) fail "$1 is not a flag of this script. See --help." 64 ;;
    esac
    shift
  done
  for variable in caller_profile destination_profile region; do
    [ -n "${!variable}" ] || fail "--${variable//_/-} is missing. See --help." 64
  done
  if [ -z "$image$cleanup_only" ]; then fail "--image is missing; expected the sidecar's image in your registry. See --help." 64; fi
  expect --image "$image" '[A-Za-z0-9./:@_-]*' 'an image name'
  expect --app-image "$app_image" '[A-Za-z0-9./:@_-]+' 'an image name'
  expect --architecture "$architecture" 'X86_64|ARM64' 'X86_64 or ARM64'
  expect --public-ip "$public_ip" 'ENABLED|DISABLED' 'ENABLED or DISABLED'
  expect --region "$region" '[a-z]{2}(-[a-z]+)+-[0-9]' 'a region such as eu-central-1'
  expect --timeout "$timeout" '[0-9]{1,5}' 'seconds'
  expect --poll "$poll" '[0-9]+(\.[0-9]+)?' 'seconds'
  expect --cleanup-only "${cleanup_only:-00000000}" '[0-9a-f]{8}' 'a run id, 8 hexadecimal digits'
}

expect() { # FLAG VALUE PATTERN WHAT
  [[ $2 =~ ^($3)$ ]] || fail "$1 is \"$2\"; expected $4." 64
}

check_tools() {
  command -v aws >/dev/null || fail "The AWS CLI is not installed: the command aws does not exist. Install version 2." 64
  [ -z "$cleanup_only" ] || return 0
  if [ -n "$sidecar_program" ]; then
    [ -x "$sidecar_program" ] || fail "--sidecar-program $sidecar_program cannot be run. Give the path of credential-sidecar." 64
  elif ! command -v docker >/dev/null; then
    fail "docker is not installed, and \`generate\` runs in the image. Install docker, or give --sidecar-program PATH." 64
  fi
}

check_identities() {
  local arn profile account variable example=111122223333
  for profile in caller destination; do
    variable=${profile}_profile
    read_into arn "arn:aws:iam::$example:user/you" \
      "Profile ${!variable}: aws sts get-caller-identity" "$profile" sts get-caller-identity --query Arn --output text
    account=$(cut -d: -f5 <<<"$arn")
    [[ $account =~ ^[0-9]{12}$ ]] || fail "Profile ${!variable} gave the identity \"$arn\"; expected an ARN with a 12-digit account id."
    printf -v "${profile}_account" %s "$account"
    partition=$(cut -d: -f2 <<<"$arn") example=555566667777
  done
  [ "$caller_account" != "$destination_account" ] ||
    fail "Both profiles are of account $caller_account; expected two accounts. Give another --destination-profile."
}

ask() {
  cat <<END

Run $run_id. In account $caller_account ($caller_profile), $region, this creates:
  roles $name-task and $name-execution
  log group $log_group, kept for one day at most
  ${own_cluster:+no cluster: it uses }cluster $cluster
  task definition $name, and one Fargate task of it (0.25 vCPU, 0.5 GB, at most $timeout s)
In account $destination_account ($destination_profile):
  role $name-destination, without permissions
Everything is removed at the end. One run costs less than 1 US cent: Fargate, a public IPv4 address, a few KB of logs.
If this machine stops before the end: smoke.sh with the same profiles and --cleanup-only $run_id.
END
  if [ -n "$yes$dry_run" ]; then return; fi
  local answer=''
  read -r -p 'Continue? [y/N] ' answer || true
  [[ $answer =~ ^[Yy] ]] || fail "Stopped: the answer was \"$answer\", not y. Nothing was created. Give --yes to skip the question." 64
}

write_task_definition() {
  cat >"$work/input.json" <<END
{ "family": "$name", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512",
  "taskRoleArn": "$role_prefix-task", "executionRoleArn": "$role_prefix-execution",
  "runtimePlatform": { "cpuArchitecture": "$architecture", "operatingSystemFamily": "LINUX" },
  "tags": [{ "key": "credential-sidecar-smoke", "value": "$run_id" }],
  "containerDefinitions": [{
    "name": "app", "image": "$app_image", "essential": true, "memory": 256,
    "entryPoint": ["aws"], "command": ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"],
    "environment": [{ "name": "AWS_REGION", "value": "$region" }, { "name": "AWS_DEFAULT_REGION", "value": "$region" }],
    "logConfiguration": { "logDriver": "awslogs", "options": {
      "awslogs-group": "$log_group", "awslogs-region": "$region", "awslogs-stream-prefix": "smoke" } } }] }
END
}

generate() {
  step "Generating the task definition and the policies"
  read_into version 0.1.0 "The sidecar's --version" sidecar --version
  write_task_definition
  must "generate task-definition" sidecar generate task-definition --from - --container app=default --image "$image" \
    --role-arn "$destination_role" --external-id "$external_id" <"$work/input.json"
  mv "$work/out" "$work/task-definition.json"
  must "generate iam" sidecar generate iam --task-role "$role_prefix-task" --execution-role "$role_prefix-execution" \
    --region "$region" --role-arn "$destination_role" --external-id "$external_id" --format cli
  mv "$work/out" "$work/iam.sh"
}

create() {
  local role
  may_exist=1
  step "Creating roles"
  must "Creating the roles of the task" create_roles "$caller_profile"
  # IAM rejects a trust policy whose principal it does not know yet.
  retry 'MalformedPolicyDocument|NoSuchEntity' "Creating the role of the other account" create_roles "$destination_profile"
  for role in task execution destination; do
    local account=caller
    [ $role != destination ] || account=destination
    retry NoSuchEntity "Tagging $name-$role" "$account" iam tag-role --role-name "$name-$role" \
      --tags "Key=credential-sidecar-smoke,Value=$run_id"
  done
  step "Creating log group, cluster and task definition"
  must "Creating the log group" caller logs create-log-group --log-group-name "$log_group" --tags "credential-sidecar-smoke=$run_id"
  must "Limiting the log group" caller logs put-retention-policy --log-group-name "$log_group" --retention-in-days 1
  if [ -z "$own_cluster" ]; then
    # The first cluster of an account creates the service-linked role of ECS.
    retry 'service linked role' "Creating the cluster" caller ecs create-cluster --cluster-name "$cluster" \
      --tags "key=credential-sidecar-smoke,value=$run_id"
  fi
  must "Registering the task definition" caller ecs register-task-definition --cli-input-json "file://$work/task-definition.json"
}

run_task() {
  local network started
  if [ -z "$subnets" ]; then
    read_into subnets subnet-0abc "Looking up the default subnets" caller ec2 describe-subnets \
      --filters Name=default-for-az,Values=true --query 'Subnets[].SubnetId' --output text
    subnets=$(tr -s '\t\n ' ',' <<<"$subnets" | sed 's/,$//')
    [[ $subnets = subnet-* ]] || fail "Region $region has no default subnets. Give --subnets, and --public-ip DISABLED for private ones."
  fi
  network="awsvpcConfiguration={subnets=[$subnets],assignPublicIp=$public_ip${security_groups:+,securityGroups=[$security_groups]}}"
  step "Running the task"
  retry 'nable to assume|service linked role' "run-task" caller ecs run-task --cluster "$cluster" --task-definition "$name" \
    --launch-type FARGATE --started-by "$name" --network-configuration "$network" \
    --query '[tasks[0].taskArn, failures[0].reason]' --output text
  started=$(<"$work/out")
  [ -z "$dry_run" ] || started="arn:$partition:ecs:$region:$caller_account:task/$cluster/TASK_ID"
  [[ $started = arn:* ]] || fail "run-task started no task: $started"
  task=${started%%[[:space:]]*} task_id=${task##*/}
}

wait_for_end() {
  local end=$((SECONDS + timeout)) begin=$SECONDS before='' state now
  local query="tasks[0].[lastStatus, containers[?name=='credential-sidecar'].healthStatus | [0], stoppedReason]"
  while :; do
    # One failed question is not the end: the next one may succeed.
    describe "$query" >"$work/out" 2>"$work/error" || printf 'unknown\tunknown\t%s\n' "$(error_text)" >"$work/out"
    if [ -n "$dry_run" ]; then return; fi
    IFS=$'\t' read -r state now reason <"$work/out" || true
    case $now in HEALTHY | UNHEALTHY) health=$now ;; esac
    [ "$state $now" = "$before" ] || say "  $((SECONDS - begin)) s: task $state, sidecar $now"
    before="$state $now"
    [ "$state" != STOPPED ] || return 0
    [ "$SECONDS" -lt "$end" ] ||
      fail "The task did not end within $timeout s; its last state is $state, sidecar $now. The report has its events and logs."
    pause
  done
}

check() {
  local end=$((SECONDS + 60)) code expected="arn:$partition:sts::$destination_account:assumed-role/$name-destination/"
  code=$(describe "tasks[0].containers[?name=='app'].exitCode | [0]") || fail "The stopped task could not be described."
  [ "$code" != None ] || fail "The container app has no exit code, so it did not run to its end. ECS gives the reason \"$reason\"."
  [ "$code" = 0 ] || fail "The container app ended with exit code $code; expected 0. The report has its log."
  # CloudWatch Logs shows events some seconds later.
  until identity=$(log_of app 2>"$work/error" | grep -oE 'arn:[^[:space:]]+:assumed-role/[^[:space:]]+' | tail -n 1) &&
    [ -n "$identity" ]; do
    [ "$SECONDS" -lt "$end" ] || fail "The log of app shows no identity after 60 s: $(error_text)"
    pause
  done
  [[ $identity = "$expected"* ]] || fail "The application acted as $identity; expected $expected…"
  say "  the application acted as $identity"
}

main() {
  local attempt
  read_flags "$@"
  check_tools
  umask 077
  work=$(mktemp -d)
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
  run_id=${cleanup_only:-$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')}
  name=credential-sidecar-smoke-$run_id
  cluster=${own_cluster:-$name} log_group=/credential-sidecar-smoke/$run_id report=${report:-smoke-report-$run_id.txt}
  step "Checking both accounts"
  check_identities
  if [ -n "$cleanup_only" ]; then
    may_exist=1
    exit 0
  fi
  external_id=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  [ -z "$dry_run" ] || external_id=EXTERNAL_ID
  role_prefix=arn:$partition:iam::$caller_account:role/$name
  destination_role=arn:$partition:iam::$destination_account:role/$name-destination
  ask
  generate
  create
  # ECS may need some seconds to know the new roles.
  for attempt in 1 2 3; do
    run_task
    step "Waiting for the task, at most $timeout s"
    wait_for_end
    [[ $reason = *'nable to assume'* && $attempt -lt 3 ]] || break
    say "  ECS does not know the roles yet: $reason"
    pause
  done
  if [ -n "$dry_run" ]; then return; fi
  step "Checking the result"
  check
  collect
  say "Passed."
}

main "$@"
