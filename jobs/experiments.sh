# Sourced by the scripts of the paper's experiments: their arguments, runs that go on where they were stopped, and reports.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
diverged=3 # exit code of train

# experiment USAGE COUNT [ARGUMENT ...]: sets words (so many, the first), keys (key=value) and spark_options (behind --).
experiment() {
  local usage=$1 count=$2
  shift 2
  words=() keys=() spark_options=()
  while [ $# -gt 0 ]; do
    case $1 in
      --)
        shift
        spark_options=("$@")
        break
        ;;
      -h | --help)
        sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    esac
    if [ "${#words[@]}" -lt "$count" ]; then
      words+=("$1")
    elif [[ $1 == *=* ]]; then
      keys+=("$1")
    else
      refuse "$1 is no key=value" "use: $usage"
    fi
    shift
  done
  [ "${#words[@]}" -eq "$count" ] || refuse "${#words[@]} arguments are given, not $count" "use: $usage"
}

# find_data FOLDER: sets data to the keys that name its training and validation examples.
find_data() {
  local validation=val
  data=(data.format=parquet "data.train=$1/train.parquet" "data.validation=$1/val.parquet")
  if [ -d "$1/train" ] && [ ! -e "$1/train.parquet" ]; then
    [ -d "$1/val" ] || validation=test
    data=(data.format=image-folder "data.train=$1/train" "data.validation=$1/$validation")
  fi
}

# train NAME CONF [key=value ...]: conf/CONF.conf into runs/NAME, going on where it was stopped. What the user gave comes last.
train() {
  local name=$1 conf=$2
  shift 2
  echo "== $name"
  "$root/jobs/submit" "${spark_options[@]}" train "$root/conf/$conf.conf" "output=runs/$name" resume=latest "$@" "${keys[@]}"
}

# train_or_diverge NAME CONF [key=value ...]: the same, where a run that diverges is a result, too.
train_or_diverge() {
  local code=0
  train "$@" || code=$?
  [ "$code" -eq 0 ] || [ "$code" -eq "$diverged" ] || exit "$code"
}

# report NAME RUN ...: one page of the runs under runs/, runs/NAME.html.
report() {
  local name=$1
  shift
  "$root/jobs/submit" "${spark_options[@]}" report "${@/#/runs/}" "output=runs/$name.html"
}
