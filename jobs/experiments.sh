# The scripts of the paper's experiments source this file, which reads their arguments, trains runs that continue where they
# were stopped, and writes reports.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
diverged=3 # exit code of train

# experiment USAGE COUNT [ARGUMENT ...]: sets words (the first COUNT arguments), keys (key=value) and spark_options (after --).
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

# train NAME CONF [key=value ...]: trains conf/CONF.conf into runs/NAME, and continues a run that was stopped. Keys of the user
# come last, so they win.
train() {
  local name=$1 conf=$2
  shift 2
  echo "== $name"
  "$root/jobs/submit" "${spark_options[@]}" train "$root/conf/$conf.conf" "output=runs/$name" resume=latest "$@" "${keys[@]}"
}

# train_or_diverge NAME CONF [key=value ...]: does the same, but a run that diverges is a result, too.
train_or_diverge() {
  local code=0
  train "$@" || code=$?
  [ "$code" -eq 0 ] || [ "$code" -eq "$diverged" ] || exit "$code"
}

# report NAME RUN ...: writes one page about these runs of the folder runs, runs/NAME.html.
report() {
  local name=$1
  shift
  "$root/jobs/submit" "${spark_options[@]}" report "${@/#/runs/}" "output=runs/$name.html"
}
